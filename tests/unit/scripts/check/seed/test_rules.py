"""Rows that Personalize would refuse are named with their line and column."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.check.seed.findings import ERROR, LOOK_ALIKES, WARNING
from scripts.check.seed.schemas import SCHEMAS
from scripts.check.seed.validation import Report, validate
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
    found = report(interactions(*["1,2-Boxer-4-1,1735689600,DetailView"], "2,2-Boxer-4-1,1735689600,DetailView"), ITEMS)
    assert met(found, WARNING) == [("catalogue", None, "ITEM_ID")]
    assert "2 interactions" in found.findings.examples[WARNING, "catalogue"][0].message


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2-Pug-2-1,2,Pug,2,1,1700000000", ("duplicates", 3, "ITEM_ID")),
        ("2-Pug-3-1,2,Pug,2,2,1700000000", ("item id", 3, "ITEM_ID")),
        ("2-Pug-6-1,2,Pug,6,1,1700000000", ("metadata", 3, "ANIMAL_SIZE_ID")),
        ("x-Pug-2-2,dog,Pug,2,2,1700000000", ("metadata", 3, "ANIMAL_SPECIES_ID")),
        ("2-Pug-2-2,2,Pug,2,2,1700000000000", ("time unit", 3, "CREATION_TIMESTAMP")),
        ("2-Pug-2-2,2,,2,2,1700000000", ("empty value", 3, "ANIMAL_PRIMARY_BREED_ID")),
        ("2-Pug-0-2,2,Pug,,2,1700000000", ("empty value", 3, "ANIMAL_SIZE_ID")),
        ("2-Pug-2-0,2,Pug,2,nan,1700000000", ("metadata", 3, "ANIMAL_AGE_ID")),
        ("2-Pug-2-2,02,Pug,2,2,1700000000", ("metadata", 3, "ANIMAL_SPECIES_ID")),
        ("2-Pug-02-2,2,Pug,2,2,1700000000", ("item id", 3, "ITEM_ID")),
        ("2-Löwchen-2-2,2,Lo\u0308wchen,2,2,1700000000", ("metadata", 3, "ANIMAL_PRIMARY_BREED_ID")),
        ("2-Lo\u0308wchen-2-2,2,Löwchen,2,2,1700000000", ("item id", 3, "ITEM_ID")),
        (f"x,2,{'P' * 252},2,2,1700000000", ("metadata", 3, "ANIMAL_PRIMARY_BREED_ID")),
    ],
)
def test_given_a_bad_item_then_its_line_and_column_are_named(
    report: Callable[..., Report], row: str, expected: tuple[str, int, str]
) -> None:
    assert met(report(f"{ITEMS}{row}\n")) == [expected]


def test_given_an_unknown_size_then_its_group_has_a_0(report: Callable[..., Report]) -> None:
    assert not report(f"{ITEMS}2-Pug-0-2,2,Pug,0,2,1700000000\n").findings.counts
    wrong = report(f"{ITEMS}2-Pug--2,2,Pug,0,2,1700000000\n")
    assert wrong.findings.examples[ERROR, "item id"][0].message == (
        "'2-Pug--2' must be '2-Pug-0-2', as its metadata say"
    )


@pytest.mark.parametrize("other", ["Detail View", "DetailViews", "Detail-View", "DetialView"])
def test_given_another_spelling_of_an_event_type_in_the_file_then_the_pair_is_named(
    report: Callable[..., Report], other: str
) -> None:
    found = report(interactions(f"1,2-Pug-2-1,{NOW - 5000},{other}"))
    messages = [one.message for one in found.findings.examples[WARNING, LOOK_ALIKES]]
    assert messages == [f"'{other}' seems to be another spelling of 'DetailView': models would learn two types"]


def test_given_event_types_of_strange_length_and_spaces_then_they_are_compared_without_failing(
    report: Callable[..., Report],
) -> None:
    found = report(interactions(*(f"1,2-Pug-2-1,{NOW - 5000},{kind}" for kind in (" Favorite ", " ", "x" * 300))))
    assert (WARNING, LOOK_ALIKES) not in found.findings.examples


def test_given_more_event_types_than_personalize_takes_then_their_number_is_said(report: Callable[..., Report]) -> None:
    types = [f"{number % 30},2-Pug-2-1,{NOW - number},Type{number}" for number in range(10)]
    found = report(interactions(*types))
    assert met(found) == [("event types", None, "EVENT_TYPE")]
    assert found.findings.examples[ERROR, "event types"][0].message.startswith(
        "11 different event types and 1 metadata"
    )


@pytest.mark.parametrize(
    "other", ["02-Pug-2-1", " 2-Pug-2-1", "2-pug-2-1", "2- Pug -2-1", "2-Pug-2.0-1", "2-Pu\u200bg-2-1"]
)
def test_given_an_item_that_differs_only_as_text_from_one_of_the_items_file_then_the_pair_is_named(
    report: Callable[..., Report], other: str
) -> None:
    examples = report(interactions(f"1,{other},1735689600,DetailView"), ITEMS).findings.examples[WARNING, "look-alikes"]
    assert any(example.message.endswith("the items file has the first one") for example in examples)


def test_given_a_size_that_an_own_schema_lets_be_empty_then_its_group_has_a_0(tmp_path: Path) -> None:
    document = json.loads((SCHEMAS / "items.json").read_text(encoding="utf-8"))
    document["fields"][3]["type"] = ["null", "string"]
    (tmp_path / "items.json").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "items.csv").write_text(f"{ITEMS}2-Pug-0-2,2,Pug,,2,1700000000\n", encoding="utf-8")
    assert not validate([tmp_path / "items.csv"], NOW, schemas=tmp_path)[0].findings.counts
