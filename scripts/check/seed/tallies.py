"""Count the values of the columns that hold codes, and find those that cannot be meant in the file as a whole."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from scripts.check.seed import look_alikes
from scripts.check.seed.findings import LOOK_ALIKES, Findings
from scripts.check.seed.values import looks_missing, shown
from scripts.common.terminal import plural

_NUMBER = re.compile(r"[0-9]+\.0+|[0-9]\.[0-9]+[eE]\+?[0-9]+|[0-9][eE]\+[0-9]+")
_NOUNS = {"USER_ID": "user", "ITEM_ID": "item"}


class Tallies:
    """How often each value of some columns occurs. `noun` is what one row of the file is."""

    def __init__(self, columns: Iterable[str], noun: str) -> None:
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in columns}
        self._noun = noun

    def add(self, row: Mapping[str, str]) -> None:
        """Count one row's values."""
        for name, counter in self.counts.items():
            if value := row.get(name):
                counter[value] += 1

    def check(self, findings: Findings) -> None:
        """Find values that look like a missing one, and values that differ only as text."""
        for column, counter in self.counts.items():
            for value, count in counter.items():
                if looks_missing(column, value):
                    effect = f"; they would be one {_NOUNS[column]}" if column in _NOUNS else ""
                    message = f"{shown(value)} looks like a missing value, {plural(count, self._noun)}{effect}"
                    findings.add_warning("placeholders", message, column=column)
            if column in _NOUNS:
                _check_numbers(column, counter, findings)
            for pair in look_alikes.find_pairs(counter):
                findings.add_warning(LOOK_ALIKES, look_alikes.describe(*pair), column=column)


def _check_numbers(column: str, values: Iterable[str], findings: Findings) -> None:
    """Find ids that a program or a spreadsheet took for numbers: live events have them in their own form."""
    numbers = [value for value in values if _NUMBER.fullmatch(value)]
    if numbers:
        more = f" and {len(numbers) - 1:,} more" if len(numbers) > 1 else ""
        message = f"{shown(numbers[0])}{more}: a program took ids for decimal numbers; export them as text"
        findings.add_warning("ids as numbers", message, column=column)
