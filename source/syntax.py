"""Reads Python without running it: names, texts and arguments in a syntax tree."""

from __future__ import annotations

import ast
from pathlib import Path

from source.archive import Entry


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
