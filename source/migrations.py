"""What the project's own migrations do, as far as their text tells: for a preview, which has neither Django nor data.

The host judges again, with both (host/slipway_production/migrating): what is in doubt here counts as locking.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from source.archive import Entry

CLASSES = ("additive", "locking", "irreversible", "destructive")  # from harmless to worst
ADDITIVE, LOCKING, IRREVERSIBLE, DESTRUCTIVE = CLASSES
KNOWN = {
    **dict.fromkeys(("CreateModel", "AlterModelOptions", "AlterModelManagers", "AlterModelTableComment"), ADDITIVE),
    **dict.fromkeys(("AddIndexConcurrently", "AddConstraintNotValid", "ValidateConstraint"), ADDITIVE),
    **dict.fromkeys(("RemoveIndex", "RemoveIndexConcurrently", "RenameIndex", "RemoveConstraint"), ADDITIVE),
    **dict.fromkeys(("DeleteModel", "RemoveField", "RenameModel", "RenameField", "AlterModelTable"), DESTRUCTIVE),
}
INDEXED_FIELDS = ("ForeignKey", "OneToOneField", "SlugField")
TAKES_AWAY = re.compile(
    r"^\s*(drop\s+(?!index)|truncate|delete|alter\s+table\b.*\b(drop\s+column|rename)\b)", re.I | re.M
)


def read(entries: Iterable[Entry]) -> dict[str, str]:
    """Each migration of the project, as app.name, and its class."""
    texts = {PurePosixPath(entry.path): entry for entry in entries if entry.path.endswith(".py") and not entry.link}
    found = {}
    for path, entry in sorted(texts.items()):
        if path.parent.name == "migrations" and not path.name.startswith("_"):
            operations = operations_of(entry)
            if operations is not None:
                label = label_of(path.parent.parent, texts.get(path.parent.parent / "apps.py"))
                found[f"{label}.{path.stem}"] = class_of(operations)
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


def class_of(operations: Iterable[ast.expr]) -> str:
    """The worst class among the operations. What they do to tables that they make themselves is additive."""
    made: set[str] = set()
    classes = [ADDITIVE]
    for operation in flat(operations):
        kind = name_of(operation)
        model = text_of(argument(operation, 0, "model_name", "name", "old_name")).lower()
        if kind == "CreateModel":
            made.add(model)
        elif not model or model not in made or kind in ("RunSQL", "RunPython"):
            classes.append(class_of_one(kind, operation))
        elif kind == "RenameModel":
            made.add(text_of(argument(operation, 1, "new_name")).lower())
    return max(classes, key=CLASSES.index)


def class_of_one(kind: str, operation: ast.expr) -> str:
    if kind == "AddField":
        field = argument(operation, 2, "field")
        keywords = {keyword.arg: keyword.value for keyword in field.keywords} if isinstance(field, ast.Call) else {}
        builds = any(ast.unparse(keywords[name]) == "True" for name in ("unique", "db_index") if name in keywords)
        return LOCKING if builds or name_of(field) in INDEXED_FIELDS else ADDITIVE
    if kind in ("RunSQL", "RunPython"):
        return class_of_code(operation)
    return KNOWN.get(kind, LOCKING)


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


def argument(call: ast.expr, position: int, *names: str) -> ast.expr | None:
    if not isinstance(call, ast.Call):
        return None
    if position < len(call.args):
        return call.args[position]
    return next((keyword.value for name in names for keyword in call.keywords if keyword.arg == name), None)


def items(node: ast.expr | None) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else []


def name_of(node: ast.expr | None) -> str:
    """The last name of what is called or named: `migrations.AddField(…)` → AddField."""
    named = node.func if isinstance(node, ast.Call) else node
    if isinstance(named, ast.Attribute):
        return named.attr
    return named.id if isinstance(named, ast.Name) else ""


def text_of(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def tree(entry: Entry) -> ast.Module:
    """Empty where it is no Python: that shows when the release is built."""
    content = entry.content.read_bytes() if isinstance(entry.content, Path) else entry.content
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])
