"""What people read: rich on a terminal, plain and uncut text in a pipe; and JSON for programs."""

import json as formats
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

# A cell: its text, or its text and how it looks.
Cell = str | tuple[str, str]
UNCUT = 10_000
# Columns: between cells, before the further lines of a row, and for a text to be broken in.
GAP, INDENT, READABLE = 2, 4, 24


def json(value: Any) -> None:
    """For programs."""
    print(formats.dumps(value, indent=2, ensure_ascii=False))


def pairs(rows: Sequence[tuple[str, Cell]]) -> None:
    """What is called how, one a line."""
    _print([], [[(name, "dim"), cell] for name, cell in rows])


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Rows under their headings. The last column breaks where the terminal is narrow; with no room for that, a row is
    a paragraph."""
    _print(columns, rows)


def _print(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    # Here, for it takes a tenth of a second to load, which programs need not wait for.
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else UNCUT)
    texts = [[_text(cell) for cell in row] for row in rows]
    fits = not columns or _least(columns, texts) <= console.width
    with console.capture() as written:
        for part in [_grid(columns, texts)] if fits else _paragraphs(columns, texts, console.width):
            console.print(part)
    print("\n".join(line.rstrip() for line in written.get().splitlines()))


def _least(columns: Sequence[str], rows: Sequence[Sequence["Text"]]) -> int:
    """How wide a terminal has to be for a table of these rows."""
    *whole, last = (
        max([len(heading), *(row[place].cell_len for row in rows)]) for place, heading in enumerate(columns)
    )
    return sum(whole) + GAP * len(whole) + min(last, READABLE)


def _grid(columns: Sequence[str], rows: Sequence[Sequence["Text"]]) -> "RenderableType":
    from rich.table import Table

    grid = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, show_header=bool(columns), header_style="dim")
    for place in range(len(rows[0]) if rows else len(columns)):
        last = place == len(rows[0]) - 1 if rows else False
        grid.add_column(columns[place] if columns else "", no_wrap=not last, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def _paragraphs(columns: Sequence[str], rows: Sequence[Sequence["Text"]], width: int) -> Iterator["RenderableType"]:
    """Each row on lines of its own: every cell that says something, after its heading."""
    from rich.padding import Padding
    from rich.text import Text

    for row in rows:
        lines = [Text()]
        for heading, cell in zip(columns, row, strict=True):
            part = Text.assemble((f"{heading} " if heading else "", "dim"), cell)
            if cell and lines[-1] and lines[-1].cell_len + GAP + part.cell_len > width - INDENT:
                lines.append(Text())
            if cell:
                lines[-1].append(" " * GAP if lines[-1] else "").append_text(part)
        yield from (Padding(line, (0, 0, 0, INDENT if place else 0)) for place, line in enumerate(lines))


def _text(cell: Cell) -> "Text":
    from rich.text import Text

    text, style = (cell, "") if isinstance(cell, str) else cell
    return Text(text, style)


def moment(at: str | None) -> str:
    """A time as the host writes it (UTC, `2026-11-23T10:00:00Z`), for people: `2026-11-23 10:00 (3 h ago)`."""
    if not at:
        return ""
    when = datetime.fromisoformat(at)
    return f"{when:%Y-%m-%d %H:%M} ({ago((datetime.now(UTC) - when).total_seconds())})"


def ago(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"
