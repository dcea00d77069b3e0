"""What a check of an environment found, and the table that shows it: for health, smoke and preflight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rich.markup import escape

from scripts.common.task import explain
from scripts.common.terminal import console, print_fields


class State(Enum):
    """How good a finding is: the word for it, and its colour. Only FAILED makes a command fail."""

    OK = ("ok", "green")
    NOTE = ("note", "yellow")
    FAILED = ("failed", "bold red")


@dataclass(frozen=True)
class Finding:
    """One line of the table: what was looked at, how it is, the details, and what to do about it."""

    subject: str
    state: State
    detail: str
    remedy: str = ""


Check = Callable[[], Iterable[Finding]]


def run_check(subject: str, check: Check) -> Iterator[Finding]:
    """Yield what a check finds. A check that fails is a failed finding, so that the others still run."""
    try:
        yield from check()
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        yield Finding(subject, State.FAILED, f"could not be checked: {message}")


def count_states(findings: Iterable[Finding]) -> dict[State, int]:
    """Return how many findings there are of each state."""
    states = [finding.state for finding in findings]
    return {state: states.count(state) for state in State}


def print_findings(title: str, findings: Sequence[Finding]) -> bool:
    """Print all findings; return whether none has failed.

    A narrow terminal has room for them: what to do is below what was found, and no word is broken.
    """
    console.print(f"\n[bold]{title}[/bold]\n")
    width = max((len(finding.state.value[0]) for finding in findings), default=0)
    print_fields([(_heading(finding, width), _body(finding)) for finding in findings])
    return not count_states(findings)[State.FAILED]


def _heading(finding: Finding, width: int) -> str:
    word, color = finding.state.value
    return f"[{color}]{word:<{width}}[/]  {escape(finding.subject)}"


def _body(finding: Finding) -> str:
    remedy = "" if finding.state is State.OK or not finding.remedy else f"\n[bold]→ {escape(finding.remedy)}[/bold]"
    return f"{escape(finding.detail)}{remedy}"
