"""Every event of a record becomes one line that any reader of lines and of JSON reads."""

import gzip
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from animal_recommender.raw_events import read_raw_events
from tests.unit.functions.animal_recommender.test_record_formats import kpl
from tests.unit.functions.streams import event

ONE, TWO = event(eventId="1", breed="Münsterländer"), event(eventId="2", unknown={"deep": [1, None, "x y"]})


def lines(data: bytes) -> list[Any]:
    """The lines as parsed JSON; each is compact, and one line to every reader."""
    found = read_raw_events(data).lines
    for line in found:
        assert line.endswith(b"\n")
        assert len(line.decode().splitlines()) == len(line.splitlines()) == len(io.StringIO(line.decode()).readlines())
        assert len(line.decode().splitlines()) == 1
        assert b'": ' not in line
        assert b'", "' not in line
    return [json.loads(line) for line in found]


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(ONE, indent=4).encode() + b"\n" + json.dumps(TWO, indent="\t").encode(),
        json.dumps([ONE, TWO], indent=2).encode(),
        gzip.compress(f"{json.dumps(ONE)}\r\n{json.dumps(TWO)}".encode()),
        kpl(json.dumps(ONE, indent=1).encode(), gzip.compress(json.dumps(TWO).encode())),
        b"\xef\xbb\xbf" + (json.dumps(ONE) + json.dumps({"Partitionkey": "1", "Data": TWO}, indent=1)).encode(),
        json.dumps([{"Data": json.dumps(ONE)}, {"Data": TWO}]).encode(),
    ],
    ids=["pretty-printed", "array", "gzip", "KPL", "mark and envelope", "array of envelopes"],
)
def test_given_any_form_of_two_events_then_each_is_one_line_without_its_envelope(data: bytes) -> None:
    assert lines(data) == [ONE, TWO]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"no": "event"},
        {"Data": "text"},
        {"Data": 5},
        {"Data": [1]},
        {"Data": {"Data": ONE}},
        {"Partitionkey": "1", "Data": ONE, "source": "kiosk"},
        {"eventType": "DetailView", "Data": {"a": 1}},
        event(timestamp=1e308, animalMetadata="cat", eventType=7),
        event(userId={"nested": True}),
    ],
    ids=json.dumps,
)
def test_given_an_object_that_is_no_valid_event_then_it_is_kept_as_it_was_sent(document: Any) -> None:
    assert lines(json.dumps(document, indent=1).encode()) == [document]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
                    | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_given_any_value_in_an_event_then_it_is_unchanged(value: Any) -> None:
    assert lines(json.dumps({"eventType": "x", "value": value}, indent=1).encode()) == [
        {"eventType": "x", "value": value}
    ]


def test_given_line_separators_and_half_characters_then_the_line_stays_one() -> None:
    text = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg\x7fh\nj\rk"
    assert lines(json.dumps({"a": text}, ensure_ascii=False).encode()) == [{"a": text}]
    assert lines(b'{"a":"\\ud800 \\udc00x"}') == [{"a": "\ud800 \udc00x"}]


def test_given_a_number_that_no_double_holds_then_the_line_is_json() -> None:
    (line,) = read_raw_events(b'{"Data": {"a": [1e400, {"b": -1e999}], "c": 1.5}}').lines
    assert json.loads(line, parse_constant=pytest.fail) == {"a": ["inf", {"b": "-inf"}], "c": 1.5}


def test_given_a_repeated_name_then_the_line_has_the_value_that_the_other_consumers_read() -> None:
    assert read_raw_events(b'{"userId": "a", "userId": "b"}').lines == [b'{"userId":"b"}\n']


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"not JSON", "not-json"),
        (b"5", "not-an-object"),
        (b'"text"', "not-an-object"),
        (b"[[1]]", "not-an-object"),
        (b"\xff\xfe{\x00}\x00", "utf-16"),
        (b"\x1f\x8bbroken", "gzip-corrupt"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too-deep"),
    ],
)
def test_given_nothing_that_can_be_read_then_there_is_no_line_but_a_reason(data: bytes, reason: str) -> None:
    found = read_raw_events(data)
    assert (found.lines, [refusal.reason for refusal in found.refusals]) == ([], [reason])


def test_given_good_and_bad_parts_then_the_good_ones_are_lines() -> None:
    found = read_raw_events(json.dumps(ONE).encode() + b"\n{broken\n7\n" + json.dumps(TWO).encode())
    assert [json.loads(line) for line in found.lines] == [ONE, TWO]
    assert found.refusals
