"""The newest records of streams, and records that hold a value."""

import json
from base64 import b64encode
from typing import Any

import pytest
from moto.kinesis.models import Stream

from local_aws import registry
from local_aws.kinesis import newest_records
from local_aws.kinesis.newest_records import describe_streams, find_records
from local_aws.testing.kpl import aggregate


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Stream:
    registry.correct_moto_for("kinesis")
    stream = Stream("s", 2, None, None, "123456789012", "us-east-1")
    monkeypatch.setattr(newest_records, "_streams", lambda: [stream])
    return stream


def put(stream: Stream, *documents: Any) -> None:
    for document in documents:
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        stream.put_record(str(document)[:100], "", b64encode(data).decode())


def test_given_records_in_shards_then_the_newest_come_first_with_totals(stream: Stream) -> None:
    put(stream, *({"n": n} for n in range(9)))
    (described,) = describe_streams(3)
    assert [json.loads(record["data"][0]) for record in described["records"]] == [{"n": 8}, {"n": 7}, {"n": 6}]
    assert described["total"] == 9
    assert described["shards"] == 2
    assert sum(described["arrivals"].values()) == 9


def test_given_an_empty_stream_then_it_is_described(stream: Stream) -> None:
    (described,) = describe_streams(3)
    assert (described["total"], described["records"], described["arrivals"]) == (0, [], {})


def test_given_a_value_then_records_with_it_anywhere_are_found(stream: Stream) -> None:
    put(
        stream,
        {"userId": "7"},
        {"Data": {"userId": 7}},
        [{"a": ["7"]}],
        {"userId": "77"},
        {"7": "key"},
        b"no 7 JSON",
        True,
    )
    found = [record["data"][0] for record in find_records("7", 10)]
    assert sorted(found) == ['[{"a": ["7"]}]', '{"Data": {"userId": 7}}', '{"userId": "7"}']


def test_given_a_value_that_json_writes_in_two_ways_then_both_are_found(stream: Stream) -> None:
    put(stream, {"userId": "zoë"}, json.dumps({"userId": "zoë"}, ensure_ascii=False).encode())
    assert len(find_records("zoë", 10)) == 2


def test_given_an_aggregate_then_its_records_are_shown(stream: Stream) -> None:
    put(stream, aggregate(b'{"userId": "a"}', b'{"userId": "b"}'))
    assert describe_streams(1)[0]["records"][0]["data"] == ['{"userId": "a"}', '{"userId": "b"}']
    assert len(find_records("b", 10)) == 1


def test_given_data_that_is_no_text_or_nested_too_deeply_then_nothing_fails(stream: Stream) -> None:
    put(stream, b"\xff\xfe", b"[" * 20_000 + b'"7"')
    assert len(describe_streams(5)[0]["records"]) == 2
    assert find_records("7", 10) == []
