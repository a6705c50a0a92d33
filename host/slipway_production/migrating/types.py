"""What changing the type of a column means. Pure: two types in Postgres' words in, a verdict out."""

from __future__ import annotations

import re

from slipway_production.migrating.verdict import Verdict, additive, destructive, locking

# Narrow to wide. A serial is an integer with a default.
FAMILIES = (("smallint", "integer", "bigint"), ("real", "double precision"))
SERIALS = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}
UNLIMITED = 2**31


def type_change(column: str, old: str, new: str) -> Verdict | None:
    """None where the two are the same."""
    (old_name, old_sizes), (new_name, new_sizes) = parts(old), parts(new)
    if (old_name, old_sizes) == (new_name, new_sizes):
        return None
    turns = f"turns {column} from {old} into {new}"
    if old_name == new_name == "varchar":
        free = new_sizes >= old_sizes
        # "ALTER TABLE", Notes: no rewrite where the old type is binary coercible to the new one.
        return additive(turns) if free else destructive(f"{turns}, which longer values do not fit")
    if old_name == new_name == "numeric":
        return numeric(turns, old_sizes, new_sizes)
    for family in FAMILIES:
        if old_name in family and new_name in family:
            if family.index(new_name) > family.index(old_name):
                return locking(f"{turns}, which writes the whole table anew while its readers and writers wait")
            return destructive(f"{turns}, which larger values do not fit")
    return destructive(f"{turns}, which the old code does not expect")


def numeric(turns: str, old: tuple[int, ...], new: tuple[int, ...]) -> Verdict:
    """Sizes are precision and scale."""
    if not new or (old and old[1] == new[1] and new[0] >= old[0]):
        return additive(turns)
    if old and new[1] >= old[1] and new[0] - new[1] >= old[0] - old[1]:
        return locking(f"{turns}, which writes the whole table anew while its readers and writers wait")
    return destructive(f"{turns}, which larger or finer values do not fit")


def parts(kind: str) -> tuple[str, tuple[int, ...]]:
    """The name of a type and its sizes: `varchar(20)` → varchar, (20,). A text is a varchar without limit."""
    name = re.sub(r"\s*\(.*?\)", "", kind).strip().lower()
    sizes = tuple(int(size) for size in re.findall(r"\d+", "".join(re.findall(r"\(.*?\)", kind))))
    name = SERIALS.get(name, name)
    if name in ("text", "varchar"):
        return "varchar", sizes or (UNLIMITED,)
    return name, sizes
