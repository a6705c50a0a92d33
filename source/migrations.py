"""What the project's own migrations do, as far as their text tells: for a preview, which has neither Django nor data.

The host judges again, with both (host/slipway_production/migrating): what is in doubt here counts as locking.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from source.archive import Entry
from source.syntax import argument, items, name_of, text_of, tree

CLASSES = ("additive", "locking", "irreversible", "destructive")  # from harmless to worst
ADDITIVE, LOCKING, IRREVERSIBLE, DESTRUCTIVE = CLASSES
KNOWN = {
    **dict.fromkeys(("CreateModel", "AlterModelOptions", "AlterModelManagers", "AlterModelTableComment"), ADDITIVE),
    **dict.fromkeys(("AddIndexConcurrently", "AddConstraintNotValid", "ValidateConstraint"), ADDITIVE),
    **dict.fromkeys(("RemoveIndex", "RemoveIndexConcurrently", "RenameIndex", "RemoveConstraint"), ADDITIVE),
    **dict.fromkeys(("DeleteModel", "RemoveField", "RenameModel", "RenameField", "AlterModelTable"), DESTRUCTIVE),
}
SAFE = {*(name for name, kind in KNOWN.items() if kind == ADDITIVE), "AddField", "AddIndex"}
INDEXED_FIELDS = ("ForeignKey", "OneToOneField", "SlugField")
TAKES_AWAY = re.compile(
    r"^\s*(drop\s+(?!index)|truncate|delete|alter\s+table\b.*\b(drop\s+column|rename)\b)", re.I | re.M
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A migration's class, and whether the old code still works after it; None where its text does not tell."""

    kind: str
    safe_back: bool | None

    def sentence(self) -> str:
        back = {True: "safe", False: "not safe", None: "for the host to judge"}[self.safe_back]
        return f"{self.kind}; going back is {back}"


def read(entries: Iterable[Entry]) -> dict[str, Told]:
    """Each migration of the project, as app.name, and what it does."""
    texts = {PurePosixPath(entry.path): entry for entry in entries if entry.path.endswith(".py") and not entry.link}
    found = {}
    for path, entry in sorted(texts.items()):
        if path.parent.name == "migrations" and not path.name.startswith("_"):
            operations = operations_of(entry)
            if operations is not None:
                label = label_of(path.parent.parent, texts.get(path.parent.parent / "apps.py"))
                found[f"{label}.{path.stem}"] = of_all(operations)
    return found


def label_of(folder: PurePosixPath, config: Entry | None) -> str:
    """The app's label: what its AppConfig says, else its folder's name."""
    for node in ast.walk(tree(config)) if config else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "label" and text_of(node.value):
            return text_of(node.value)
    return folder.name


def operations_of(entry: Entry) -> list[ast.expr] | None:
    """The list `operations` of the class Migration, or what makes it; None where the file has no such class."""
    for node in tree(entry).body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            return [item for assigned in node.body for item in assigned_to(assigned, "operations")]
    return None


def assigned_to(node: ast.stmt, name: str) -> list[ast.expr]:
    """The items of a list that is given this name; where it is made by other means, an item that nobody knows."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    value = getattr(node, "value", None)
    if value is None or not any(isinstance(target, ast.Name) and target.id == name for target in targets):
        return []
    return list(value.elts) if isinstance(value, ast.List | ast.Tuple) else [value]


def of_all(operations: Iterable[ast.expr]) -> Told:
    """The worst of the operations. What they do to tables that they make themselves is additive."""
    made: set[str] = set()
    told = [Told(kind=ADDITIVE, safe_back=True)]
    for operation in flat(operations):
        kind = name_of(operation)
        model = text_of(argument(operation, 0, "model_name", "name", "old_name")).lower()
        if kind == "CreateModel":
            made.add(model)
        elif not model or model not in made or kind in ("RunSQL", "RunPython"):
            told.append(of_one(kind, operation))
        elif kind == "RenameModel":
            made.add(text_of(argument(operation, 1, "new_name")).lower())
    ways_back = {each.safe_back for each in told}
    worst = next(each for each in (False, None, True) if each in ways_back)
    return Told(kind=max((each.kind for each in told), key=CLASSES.index), safe_back=worst)


def of_one(kind: str, operation: ast.expr) -> Told:
    if kind == "AddField":
        found = class_of_field(argument(operation, 2, "field"))
    elif kind in ("RunSQL", "RunPython"):
        found = class_of_code(operation)
    else:
        found = KNOWN.get(kind, LOCKING)
    if found == DESTRUCTIVE:
        return Told(kind=found, safe_back=False)
    return Told(kind=found, safe_back=True if kind in SAFE or found == ADDITIVE else None)


def class_of_field(field: ast.expr | None) -> str:
    """Of a field that is added."""
    keywords = {keyword.arg: keyword.value for keyword in field.keywords} if isinstance(field, ast.Call) else {}
    builds = any(ast.unparse(keywords[name]) == "True" for name in ("unique", "db_index") if name in keywords)
    return LOCKING if builds or name_of(field) in INDEXED_FIELDS else ADDITIVE


def class_of_code(operation: ast.expr) -> str:
    forward = argument(operation, 0, "sql", "code")
    if name_of(forward) == "noop":
        return ADDITIVE
    texts = [node.value for node in ast.walk(forward) if isinstance(node, ast.Constant)] if forward else []
    if any(TAKES_AWAY.search(text) for text in texts if isinstance(text, str)):
        return DESTRUCTIVE
    return LOCKING if argument(operation, 1, "reverse_sql", "reverse_code") else IRREVERSIBLE


def flat(operations: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """Of SeparateDatabaseAndState what it does to the database; of everything else the operation itself."""
    for operation in operations:
        if name_of(operation) == "SeparateDatabaseAndState":
            yield from flat(items(argument(operation, 0, "database_operations")))
        else:
            yield operation
