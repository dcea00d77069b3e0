"""Times, and tables of them."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def seconds(action: Callable[[], object], rounds: int) -> list[float]:
    """Run an action several times, after once without looking; answers how long each run took."""
    return in_turn(rounds, action)[0]


def in_turn(rounds: int, *actions: Callable[[], object]) -> list[list[float]]:
    """As `seconds`, of several actions one after the other, so that what slows the machine meanwhile slows them all."""
    for action in actions:
        action()
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, times in zip(actions, taken, strict=True):
            started = time.perf_counter()
            action()
            times.append(time.perf_counter() - started)
    return taken


def p50(values: Sequence[float]) -> float:
    """Answer the median."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """Answer the value that 99% do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def p95(values: Sequence[float]) -> float:
    """Answer the value that 95% do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def ms(value: float) -> str:
    """Write seconds as milliseconds."""
    return f"{value * 1000:,.{1 if value < 0.1 else 0}f} ms"


def verdict(met: bool) -> str:
    """Say whether a goal is met."""
    return "[green]met[/green]" if met else "[red]missed[/red]"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; the first column is left-aligned."""
    made = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        made.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        made.add_row(*map(str, row))
    console.print(made)
