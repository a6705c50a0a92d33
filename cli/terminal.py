"""What people read: rich on a terminal, plain and uncut text in a pipe; and JSON for programs."""

import json as formats
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.text import Text

# A cell: its text, or its text and how it looks.
Cell = str | tuple[str, str]
UNCUT = 10_000


def json(value: Any) -> None:
    """For programs."""
    print(formats.dumps(value, indent=2, ensure_ascii=False))


def pairs(rows: Sequence[tuple[str, Cell]]) -> None:
    """What is called how, one a line."""
    _print([], [[(name, "dim"), cell] for name, cell in rows])


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Rows under their headings; the last column breaks where the terminal is narrow."""
    _print(columns, rows)


def _print(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    # Here, for it takes a tenth of a second to load, which programs need not wait for.
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else UNCUT)
    grid = Table(box=None, padding=(0, 2, 0, 0), show_header=bool(columns), header_style="dim")
    for place in range(len(rows[0]) if rows else len(columns)):
        last = place == len(rows[0]) - 1 if rows else False
        grid.add_column(columns[place] if columns else "", no_wrap=not last, overflow="fold")
    for row in rows:
        grid.add_row(*map(_text, row))
    with console.capture() as written:
        console.print(grid)
    print("\n".join(line.rstrip() for line in written.get().splitlines()))


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
