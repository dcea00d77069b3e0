"""Output of long commands on a terminal or in a log: numbered steps with progress and time, tables, and errors."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table
from rich.text import Text

from animal_recommender.validation import printable

# rich itself reads COLUMNS, if it is set.
console = Console(highlight=False, width=None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 140)
_SHORT = 26  # characters of a value that is never broken into two lines; a time has as many
_NARROWEST = 12  # characters of a line of a longer value
_LOG_SECONDS = 10.0  # pause between two lines about a long step in a pipe or a CI log; a terminal shows it live


@dataclass
class Progress:
    """The progress of a running step; ``note`` is added to its last line."""

    title: str
    number: str
    status: Status | None
    started: float = field(default_factory=time.monotonic)
    note: str = ""
    _last_line: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Time since the step began."""
        return time.monotonic() - self.started

    def update(self, text: str) -> None:
        """Show the progress: live on a terminal, every ten seconds in a log."""
        if self.status is not None:
            self.status.update(f"{self.title}  [dim]{escape(text)}  {self.seconds:.0f} s[/dim]")
        elif time.monotonic() - self._last_line >= _LOG_SECONDS:
            self._last_line = time.monotonic()
            console.print(f"{self.number}[dim]… {self.title}: {escape(text)}  {self.seconds:.0f} s[/dim]")


Show = Callable[[str], AbstractContextManager[Progress]]  # shows one step, as `running` does


@dataclass
class Steps:
    """A procedure of ``total`` numbered steps."""

    total: int
    done: int = 0

    @contextmanager
    def step(self, title: str) -> Iterator[Progress]:
        """Run one step under its number; print how long it took."""
        self.done += 1
        with running(title, f"[bold cyan]{self.done:>2}/{self.total}[/bold cyan] ") as progress:
            yield progress


@contextmanager
def running(title: str, number: str = "") -> Iterator[Progress]:
    """Show ``title`` while the block runs (live on a terminal; in a log only if it takes long), then its time."""
    with console.status(title) if console.is_terminal else nullcontext() as status:
        progress = Progress(title, number, status)
        yield progress
    tail = f"  [dim]{escape(progress.note)}[/dim]" if progress.note else ""
    console.print(f"{number}[green]✓[/green] {title}{tail}  [dim]{progress.seconds:.1f} s[/dim]")


def inside(outer: Progress) -> Show:
    """Return a replacement for `running` that shows steps as the progress of `outer`, without lines of their own."""

    @contextmanager
    def show(title: str) -> Iterator[Progress]:
        outer.update(title)
        yield Progress(outer.title, outer.number, outer.status, outer.started)

    return show


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their column names. No word is broken, so that ids, times and URLs can be copied.

    A value of up to 26 characters stays on one line; a longer one gets several lines, of at least 12 characters. A
    table that is too wide for this is printed as one block of `name  value` lines for each row.
    """
    cells = [[_as_text(str(cell)) for cell in row] for row in rows]
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=SIMPLE_HEAD)
    room = console.width - 3 * len(columns) - 1  # each column has a space on both sides and a border
    widths = _choose_widths([[Text(name), *(row[n] for row in cells)] for n, name in enumerate(columns)], room)
    if widths is None:
        _print_blocks(title, columns, cells)
        return
    for column, width in zip(columns, widths, strict=True):
        table.add_column(column, width=width)
    for row in cells:
        table.add_row(*row)
    console.print(table)


def _choose_widths(columns: Sequence[Sequence[Text]], room: int) -> list[int] | None:
    """Return a width for each column, the header included; None if `room` is too narrow."""
    natural = [max(map(_longest_line, column)) for column in columns]
    widths = [max(map(_least_width, column)) for column in columns]
    spare = room - sum(widths)
    if spare < 0:
        return None
    lacking = sorted(range(len(columns)), key=lambda n: natural[n] - widths[n])
    for place, n in enumerate(lacking):
        given = min(natural[n] - widths[n], spare // (len(lacking) - place))
        widths[n], spare = widths[n] + given, spare - given
    return widths


def _least_width(text: Text) -> int:
    """Return how wide the column of a text must be."""
    if _longest_line(text) <= _SHORT:
        return _longest_line(text)
    return max(_NARROWEST, *(cell_len(word) for word in text.plain.split()))


def _longest_line(text: Text) -> int:
    return max(map(cell_len, text.plain.splitlines()), default=0)


def _print_blocks(title: str, columns: Sequence[str], rows: Sequence[Sequence[Text]]) -> None:
    """Print each row as lines of name and value, without the empty values."""
    console.print(Text.from_markup(title, style="bold"))
    for row in rows:
        console.print()
        print_fields([(Text(name, "dim"), text) for name, text in zip(columns, row, strict=True) if text])


def print_fields(fields: Sequence[tuple[str | Text, str | Text]]) -> None:
    """Print names and their values beside them. A word that is too long for the terminal stays in one piece."""
    pairs = [(_as_text(name), _as_text(value)) for name, value in fields]
    margin = max((name.cell_len for name, _ in pairs), default=0) + 2
    for name, value in pairs:
        name.pad_right(margin - name.cell_len)
        for line in value.wrap(console, max(console.width - margin, _least_width(value))):
            line.rstrip()
            console.print(name + line, soft_wrap=True)
            name = Text(" " * margin)


def _as_text(value: str | Text) -> Text:
    return Text.from_markup(_printable_lines(value)) if isinstance(value, str) else value.copy()


def _printable_lines(text: str) -> str:
    """Return a text whose only control characters are line breaks and tabs: data must not command the terminal."""
    return "".join(part if part in "\n\t" else printable(part) for part in re.split(r"([\n\t])", text))


def plural(number: float, noun: str) -> str:
    """Return a number with its noun: `1 alarm`, `2 alarms`."""
    return f"{number:,g} {noun}" + ("" if number == 1 else "s")


def print_error(message: str) -> None:
    """Print what went wrong, and what to do, on standard error."""
    Console(stderr=True, highlight=False).print(
        f"[bold red]✗[/bold red] {escape(_printable_lines(message))}", soft_wrap=True
    )
