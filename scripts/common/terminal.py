"""Output of long commands on a terminal or in a log: numbered steps with progress and time, tables, and errors."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
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


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their column names."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def print_error(message: str) -> None:
    """Print what went wrong, and what to do, on standard error."""
    Console(stderr=True, highlight=False).print(f"[bold red]✗[/bold red] {escape(message)}", soft_wrap=True)
