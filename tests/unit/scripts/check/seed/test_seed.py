"""Each thing that Personalize would refuse is named with its line and column; good data pass."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.check.seed.__main__ import main
from scripts.check.seed.csv_table import ERROR, WARNING
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


def test_given_good_files_then_nothing_is_noted(report: Callable[..., Report]) -> None:
    found = report(interactions(), ITEMS)
    assert found.summary == "1,001 interactions of 30 users, 2025-01-01 to 2025-01-01"
    assert not found.findings.counts
    assert not report(ITEMS).findings.counts


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


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "USER_ID,TIMESTAMP,ITEM_ID,EVENT_TYPE",
            "the order must be the schema's: USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE",
        ),
        ("user_id,ITEM_ID,TIMESTAMP,EVENT_TYPE", "'user_id' must be written USER_ID"),
        ("USER_ID,ITEM_ID,TIMESTAMP, EVENT_TYPE", "' EVENT_TYPE' must be written EVENT_TYPE"),
        (
            "USER_ID,ITEM_ID,TIMESTAMP,KIND",
            "'KIND' is not in the schema; legal: USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE",
        ),
        ("USER_ID,ITEM_ID,TIMESTAMP,KIND", "EVENT_TYPE is missing"),
        ("USER_ID,ITEM_ID,TIMESTAMP,TIMESTAMP", "TIMESTAMP occurs twice"),
        ("PERSON,ANIMAL,WHEN,WHAT", "'PERSON,ANIMAL,WHEN,WHAT' is the header of neither"),
    ],
)
def test_given_a_bad_header_then_the_legal_one_is_said(
    report: Callable[..., Report], header: str, message: str
) -> None:
    examples = report(interactions(header=header)).findings.examples[ERROR, "header"]
    assert any(example.message.startswith(message) for example in examples)
    assert all(example.line == 1 for example in examples)


def test_given_an_empty_or_missing_file_then_that_is_said(report: Callable[..., Report], tmp_path: Path) -> None:
    assert met(report("")) == [("header", 1, None)]
    missing = validate([tmp_path / "nowhere.csv"], NOW)[0]
    assert missing.findings.examples[ERROR, "file"][0].message == "cannot be read: No such file or directory"


def test_given_a_byte_order_mark_or_another_encoding_then_the_line_is_named(report: Callable[..., Report]) -> None:
    assert met(report(b"\xef\xbb\xbf" + interactions().encode())) == [("encoding", 1, None)]
    body = interactions("Jos\xe9,2-Pug-2-1,1735689600,DetailView").encode("latin-1")
    assert met(report(body)) == [("encoding", 2, None)]


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


def test_given_many_faults_of_one_kind_then_few_are_kept_and_all_counted(report: Callable[..., Report]) -> None:
    findings = report(interactions(*[",2-Pug-2-1,1735689600,DetailView"] * 50)).findings
    assert len(findings.examples[ERROR, "empty value"]) == 5
    assert findings.counts[ERROR, "empty value"] == 50


def test_given_the_command_line_then_errors_end_1_and_warnings_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "data.csv"
    file.write_text(interactions(), encoding="utf-8")
    assert main([str(file)]) == 0
    file.write_text(interactions("1,2-Pug-2-1,never,DetailView"), encoding="utf-8")
    assert main([str(file)]) == 1
    assert "'never' must be a whole" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (interactions().replace("\n", "\r"), ("format", 1, None)),
        (interactions("u," + "x" * 200_000 + ",1735600000,View"), ("format", 2, None)),
        (interactions("u\0,2-Pug-2-1,1735600000,View"), ("encoding", 2, None)),
    ],
    ids=["line ends of an old Mac", "a field without end", "NUL"],
)
def test_given_what_no_csv_reader_takes_then_its_line_is_named(
    report: Callable[..., Report], body: str, expected: tuple[str, int, None]
) -> None:
    assert expected in met(report(body))


def test_given_a_compressed_file_then_it_is_refused_not_a_crash(report: Callable[..., Report]) -> None:
    assert report(gzip.compress(interactions().encode())).findings.total(ERROR)
