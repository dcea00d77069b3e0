"""What is no CSV, or has another header than the schema's, is named with its line."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.check.seed.findings import ERROR, WARNING
from scripts.check.seed.validation import Report, validate
from tests.unit.scripts.check.seed.conftest import INTERACTIONS, NOW, interactions, met, rows


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("user_id,ITEM_ID,TIMESTAMP,EVENT_TYPE", "'user_id' must be written USER_ID"),
        ("USER_ID,ITEM_ID,TIMESTAMP, EVENT_TYPE", "' EVENT_TYPE' must be written EVENT_TYPE"),
        (
            "USER_ID,ITEM_ID,TIMESTAMP,KIND",
            "'KIND' is not in the schema; legal: USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE",
        ),
        ("USER_ID,ITEM_ID,TIMESTAMP,KIND", "EVENT_TYPE is missing"),
        ("USER_ID,ITEM_ID,TIMESTAMP,TIMESTAMP", "'TIMESTAMP' occurs 2 times"),
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
    assert met(report("")) == met(report("\n \n")) == [("file", None, None)]
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
        (interactions('u,"2-Pug-2-1,1735600000,View'), ("format", 2, None)),
        (interactions('u,"2-Pug"-2-1,1735600000,View'), ("format", 2, None)),
        (interactions("u\r,2-Pug-2-1,1735600000,View"), ("format", 2, None)),
        (interactions().replace(",", ";"), ("format", 1, None)),
        (interactions().replace(",", "\t"), ("format", 1, None)),
        (interactions().encode("utf-16"), ("encoding", 1, None)),
        (interactions().encode("utf-16-le"), ("encoding", 1, None)),
        (gzip.compress(interactions().encode()), ("encoding", 1, None)),
        (b"PK\x03\x04 a workbook", ("encoding", 1, None)),
        ("\n" + interactions(), ("header", 1, None)),
        ("sep=,\n" + interactions(), ("format", 1, None)),
        (interactions("u\0,2-Pug-2-1,1735600000,View"), ("encoding", 2, None)),
    ],
    ids=[
        "line ends of an old Mac",
        "a field without end",
        "a quotation mark without end",
        "a quotation mark in the middle",
        "a carriage return",
        "semicolons",
        "tabs",
        "UTF-16",
        "UTF-16 without a mark",
        "gzip",
        "a workbook",
        "an empty first line",
        "a line for spreadsheets",
        "NUL",
    ],
)
def test_given_what_no_csv_reader_takes_then_its_line_is_named(
    report: Callable[..., Report], body: str | bytes, expected: tuple[str, int, None]
) -> None:
    assert expected in met(report(body))


@pytest.mark.parametrize(
    "header",
    [
        '"USER_ID","ITEM_ID","TIMESTAMP","EVENT_TYPE"',
        'USER_ID,ITEM_ID,"TIMESTAMP",EVENT_TYPE',
        '"USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"',
    ],
)
def test_given_a_header_in_quotation_marks_then_it_is_one_error(report: Callable[..., Report], header: str) -> None:
    findings = report(interactions(header=header)).findings
    assert findings.total(ERROR) == 1
    assert findings.examples[ERROR, "header"][0].message == "write the header without quotation marks"


@pytest.mark.parametrize(
    "row",
    ['"a\nb",2-Pug-2-1,1735600000,View', '"a\r\nb",2-Pug-2-1,1735600000,View', 'a,2-Pug-2-1,1735600000,"Vi\n\new"'],
)
def test_given_a_record_on_several_lines_then_its_first_line_is_named(report: Callable[..., Report], row: str) -> None:
    good = f"b,2-Pug-2-1,{NOW - 5},View"
    found = report(interactions(good, row))
    assert met(found) == [("single line", 3, None)]
    assert "each record must be on a single line" in found.findings.examples[ERROR, "single line"][0].message


def test_given_columns_in_another_order_then_it_is_a_warning_and_the_values_are_checked_by_name(
    report: Callable[..., Report],
) -> None:
    lines = [",".join((time, user, item, kind)) for user, item, time, kind in (row.split(",") for row in rows())]
    found = report("\n".join(["TIMESTAMP,USER_ID,ITEM_ID,EVENT_TYPE", *lines]))
    assert met(found) == []
    assert met(found, WARNING) == [("header", 1, None)]


def test_given_a_header_in_lower_case_then_each_name_is_an_error_and_nothing_else(
    report: Callable[..., Report],
) -> None:
    findings = report(interactions(header=INTERACTIONS.lower())).findings
    assert {rule for _, rule in findings.counts} == {"header"}
    assert findings.total(ERROR) == 4


def test_given_windows_line_ends_or_quoted_values_then_the_file_is_good(report: Callable[..., Report]) -> None:
    assert not report(interactions().replace("\n", "\r\n")).findings.counts
    assert not report(interactions(f'"1","2-Pug-2-1","{NOW - 1}","DetailView"')).findings.counts


def test_given_empty_lines_then_they_are_warned_of(report: Callable[..., Report]) -> None:
    found = report(interactions() + "\n")
    assert met(found) == []
    assert met(found, WARNING) == [("empty line", 1003, None)]


def test_given_a_folder_or_a_pipe_instead_of_a_file_then_that_is_said(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path, message in ((tmp_path, "is a folder, not a CSV file"), (pipe, "is not a regular file")):
        assert validate([path], NOW)[0].findings.examples[ERROR, "file"][0].message == message


def test_given_a_link_then_the_file_that_it_names_is_checked(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text(interactions(), encoding="utf-8")
    (tmp_path / "link.csv").symlink_to("real.csv")
    (tmp_path / "broken.csv").symlink_to("nowhere.csv")
    good, broken = validate([tmp_path / "link.csv", tmp_path / "broken.csv"], NOW)
    assert not good.findings.counts
    assert met(broken) == [("file", None, None)]
