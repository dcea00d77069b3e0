"""Rows that Personalize would refuse are named with their line and column."""

from collections.abc import Callable

import pytest

from scripts.check.seed.csv_table import ERROR, WARNING
from scripts.check.seed.validation import Report
from tests.unit.scripts.check.seed.conftest import INTERACTIONS, ITEMS, NOW, interactions, met, rows


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1,2-Pug-2-1,1735689600", ("number of fields", 2, None)),
        ("1,2-Pug-2-1,1735689600,DetailView,x", ("number of fields", 2, None)),
        (",2-Pug-2-1,1735689600,DetailView", ("empty value", 2, "USER_ID")),
        ("1,2-Pug-2-1,1735689600,", ("empty value", 2, "EVENT_TYPE")),
        ("1,2-Pug-2-1,,DetailView", ("empty value", 2, "TIMESTAMP")),
        ("1,2-Pug-2-1,yesterday,DetailView", ("type", 2, "TIMESTAMP")),
        ("1,2-Pug-2-1,1735689600.5,DetailView", ("type", 2, "TIMESTAMP")),
        ("1,2-Pug-2-1,2024-12-31,DetailView", ("type", 2, "TIMESTAMP")),
        ("1,2-Pug-2-1,1735689600000,DetailView", ("time unit", 2, "TIMESTAMP")),
        ("1,2-Pug-2-1,20241231,DetailView", ("time unit", 2, "TIMESTAMP")),
        (f"1,2-Pug-2-1,{NOW + 7200},DetailView", ("time range", 2, "TIMESTAMP")),
        (f"{'u' * 257},2-Pug-2-1,1735689600,DetailView", ("length", 2, "USER_ID")),
        (f"1,{'i' * 257},1735689600,DetailView", ("length", 2, "ITEM_ID")),
    ],
)
def test_given_a_bad_row_then_its_line_and_column_are_named(
    report: Callable[..., Report], row: str, expected: tuple[str, int, str | None]
) -> None:
    assert met(report(interactions(row))) == [expected]


def test_given_too_few_interactions_or_returning_users_then_the_minimum_is_said(report: Callable[..., Report]) -> None:
    few = report("\n".join([INTERACTIONS, *rows(999)]))
    assert few.findings.examples[ERROR, "minimum counts"][0].message == (
        "999 interactions; an import takes at least 1,000"
    )
    lonely = report("\n".join([INTERACTIONS, *rows(1_000, users=24)]))
    assert met(lonely) == [("minimum counts", None, None)]


def test_given_repeated_rows_and_single_events_then_they_are_warned_of(report: Callable[..., Report]) -> None:
    once = f"once,2-Pug-2-1,{NOW - 5},DetailView"
    found = report("\n".join([INTERACTIONS, *rows(), rows()[0], once]))
    assert met(found, WARNING) == [("duplicates", 1003, None), ("single-event users", None, None)]
    assert met(found) == []


def test_given_old_interactions_then_their_age_is_warned_of(report: Callable[..., Report]) -> None:
    old = [f"{number % 30},2-Pug-2-1,{1_600_000_000 + number},DetailView" for number in range(1_000)]
    found = report("\n".join([INTERACTIONS, *old]))
    assert "rebase = true" in found.findings.examples[WARNING, "time range"][0].message


def test_given_an_animal_that_the_catalogue_lacks_then_it_is_warned_of(report: Callable[..., Report]) -> None:
    found = report(interactions("1,2-Boxer-4-1,1735689600,DetailView"), ITEMS)
    assert met(found, WARNING) == [("catalogue", 2, "ITEM_ID")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2-Pug-2-1,2,Pug,2,1,1700000000", ("duplicates", 3, "ITEM_ID")),
        ("2-Pug-3-1,2,Pug,2,2,1700000000", ("item id", 3, "ITEM_ID")),
        ("2-Pug-6-1,2,Pug,6,1,1700000000", ("metadata", 3, "ANIMAL_SIZE_ID")),
        ("x-Pug-2-2,dog,Pug,2,2,1700000000", ("metadata", 3, "ANIMAL_SPECIES_ID")),
        ("2-Pug-2-2,2,Pug,2,2,1700000000000", ("time unit", 3, "CREATION_TIMESTAMP")),
        ("2-Pug-2-2,2,,2,2,1700000000", ("empty value", 3, "ANIMAL_PRIMARY_BREED_ID")),
    ],
)
def test_given_a_bad_item_then_its_line_and_column_are_named(
    report: Callable[..., Report], row: str, expected: tuple[str, int, str]
) -> None:
    assert met(report(f"{ITEMS}{row}\n")) == [expected]
