"""What is no CSV, or has another header than the schema's, is named with its line."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.check.seed.csv_table import ERROR
from scripts.check.seed.validation import Report, validate
from tests.unit.scripts.check.seed.conftest import NOW, interactions, met


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


def test_given_many_faults_of_one_kind_then_few_are_kept_and_all_counted(report: Callable[..., Report]) -> None:
    findings = report(interactions(*[",2-Pug-2-1,1735689600,DetailView"] * 50)).findings
    assert len(findings.examples[ERROR, "empty value"]) == 5
    assert findings.counts[ERROR, "empty value"] == 50


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
