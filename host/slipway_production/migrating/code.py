"""Operations that run what somebody wrote: SQL or Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from slipway_production.migrating.change import Change
from slipway_production.migrating.verdict import (
    ADDITIVE,
    DESTRUCTIVE,
    IRREVERSIBLE,
    LOCKING,
    NOTHING,
    Verdict,
    additive,
    destructive,
    locking,
    together,
)

HARMLESS = re.compile(
    r"(create index concurrently|drop index|create (table|view|materialized view|extension|schema|sequence|type"
    r"|collation)|comment on|analyze|insert into|set|select setval"
    r"|alter table (if exists )?(only )?\S+ validate constraint)\b",
    re.IGNORECASE,
)
TAKES_AWAY = re.compile(
    r"(drop(?! index)|truncate|delete)\b"
    r"|alter (table|view|type|sequence|schema)\b.*?\b"
    r"(drop (?!constraint|default|not\b|identity)|rename\b(?! constraint))",
    re.IGNORECASE,
)
INDEX = re.compile(r"create (?P<unique>unique )?index\b(?P<beside> concurrently)?", re.IGNORECASE)


def run_sql(change: Change) -> Verdict:
    verdict = together(statement(text) for text in statements(change.operation.sql))
    if change.new_app and not (verdict.kind == DESTRUCTIVE and is_about_others(change)):
        return additive("is of an app that is new")
    if verdict == NOTHING:
        return verdict
    return verdict if change.operation.reversible else without_way_back(verdict, "reverse_sql")


def is_about_others(change: Change) -> bool:
    """Whether it names a table that is there before anything of its app is."""
    with change.connection.cursor() as cursor:
        there = {table.name.lower() for table in change.connection.introspection.get_table_list(cursor)}
    return any(there & set(re.findall(r"\w+", text.lower())) for text in statements(change.operation.sql))


def statement(text: str) -> Verdict:
    """What one statement does, as far as its first words tell."""
    text = " ".join(text.split())
    short = shortened(text)
    if TAKES_AWAY.match(text):
        return destructive(f"runs {short}")
    if HARMLESS.match(text):
        return additive(f"runs {short}")
    index = INDEX.match(text)
    if index and index["beside"]:
        return Verdict(ADDITIVE, False, f"runs {short}: duplicates of the old code are refused")
    if index:
        return locking(f"runs {short}, while writers wait", safe_back=not index["unique"])
    return locking(f"runs {short}, of which Slipway knows nothing", safe_back=False)


def statements(sql: Any) -> Iterator[str]:
    """The single statements of what RunSQL takes: a text, or a list of texts and of (text, parameters)."""
    import sqlparse  # A requirement of every Django.

    for part in [sql] if isinstance(sql, str) else sql:
        text = part if isinstance(part, str) else part[0]
        for single in sqlparse.split(sqlparse.format(text, strip_comments=True)):
            if single.strip("; \n\t"):
                yield single.strip()


def run_python(change: Change) -> Verdict:
    if change.operation.code is type(change.operation).noop:
        return NOTHING
    name = getattr(change.operation.code, "__name__", "a function")
    verdict = locking(f"runs Python code ({name}), of which Slipway knows nothing", safe_back=False)
    return verdict if change.operation.reversible else without_way_back(verdict, "reverse_code")


def without_way_back(verdict: Verdict, missing: str) -> Verdict:
    """Raises a verdict to irreversible; what is worse than that stays."""
    if verdict.kind in (LOCKING, ADDITIVE):
        return Verdict(IRREVERSIBLE, verdict.safe_back, f"{verdict.why}, and has no {missing}")
    return verdict


def shortened(line: str, longest: int = 60) -> str:
    return line if len(line) <= longest else line[:longest].rstrip() + " …"
