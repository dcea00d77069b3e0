"""Collect what is wrong in a file: all problems are counted, and the first few of each kind are kept."""

from collections import defaultdict
from dataclasses import dataclass, field

ERROR, WARNING = "error", "warning"
LOOK_ALIKES = "look-alikes"
_LIMITS = {LOOK_ALIKES: 100}  # each such pair has to be seen to be corrected


@dataclass(frozen=True)
class Example:
    """One problem and its place. `line` counts from 1, which is the header's line."""

    message: str
    line: int | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        """The line and the column, as far as there are any."""
        words = (f"line {self.line}" if self.line else "", f"column {self.column}" if self.column else "")
        return ", ".join(filter(None, words))


@dataclass
class Findings:
    """All problems of a file: for each (severity, rule) their number, and the first few examples."""

    limit: int = 5
    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[tuple[str, str], list[Example]] = field(default_factory=lambda: defaultdict(list))

    def add_error(self, rule: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Add a problem that makes the import or the training fail, or the data useless."""
        self._add(ERROR, rule, Example(message, line, column))

    def add_warning(self, rule: str, message: str, line: int | None = None, column: str | None = None) -> None:
        """Add something that is accepted, but probably not intended."""
        self._add(WARNING, rule, Example(message, line, column))

    def total(self, severity: str) -> int:
        """Return the number of problems of that severity."""
        return sum(count for (of, _), count in self.counts.items() if of == severity)

    def _add(self, severity: str, rule: str, example: Example) -> None:
        self.counts[severity, rule] += 1
        if len(self.examples[severity, rule]) < max(self.limit, _LIMITS.get(rule, 0)):
            self.examples[severity, rule].append(example)
