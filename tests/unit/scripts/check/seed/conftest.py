"""Files of interactions and items that are good, and what is found in them when they are changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.check.seed.findings import ERROR
from scripts.check.seed.validation import Report, validate

NOW = 1_735_700_000
INTERACTIONS = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
ITEMS = (
    "ITEM_ID,ANIMAL_SPECIES_ID,ANIMAL_PRIMARY_BREED_ID,ANIMAL_SIZE_ID,ANIMAL_AGE_ID,CREATION_TIMESTAMP\n"
    "2-Pug-2-1,2,Pug,2,1,1700000000\n"
)


def rows(count: int = 1_001, users: int = 30) -> list[str]:
    """Good interactions, a second apart."""
    return [f"{number % users},2-Pug-2-1,{NOW - count + number},DetailView" for number in range(count)]


@pytest.fixture
def report(tmp_path: Path) -> Callable[..., Report]:
    """Writes a file, and an items file beside it if given, and checks it."""

    def write_and_check(body: str | bytes, items: str | None = None) -> Report:
        file, others = tmp_path / "data.csv", []
        file.write_bytes(body.encode() if isinstance(body, str) else body)
        if items is not None:
            others = [tmp_path / "items.csv"]
            others[0].write_text(items, encoding="utf-8")
        return validate([file, *others], NOW)[0]

    return write_and_check


def interactions(*changed: str, header: str = INTERACTIONS) -> str:
    """Good interactions, the first of them (from line 2 on) replaced."""
    return "\n".join([header, *changed, *rows()[len(changed) :]]) + "\n"


def met(report: Report, severity: str = ERROR) -> list[tuple[str, int | None, str | None]]:
    """Rule, line and column of every example."""
    return [
        (rule, example.line, example.column)
        for (of, rule), examples in report.findings.examples.items()
        for example in examples
        if of == severity
    ]
