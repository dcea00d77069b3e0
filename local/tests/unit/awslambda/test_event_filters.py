"""Filter criteria of event source mappings."""

import base64
import json

import pytest

from local_aws.awslambda.event_filters import compile_patterns, matches
from local_aws.kinesis.shards import StreamRecord

VIEWS = {"Filters": [{"Pattern": json.dumps({"data": {"eventType": ["DetailView"]}})}]}


def record(data: bytes, key: str = "k") -> StreamRecord:
    return StreamRecord("shardId-000000000000", 1, key, base64.b64encode(data).decode(), 0.0)


@pytest.mark.parametrize(
    ("data", "expected"), [(b'{"eventType": "DetailView"}', True), (b'{"eventType": "x"}', False), (b"\xff{", False)]
)
def test_a_pattern_on_the_data(data: bytes, expected: bool) -> None:
    assert matches(record(data), compile_patterns(VIEWS)) is expected


def test_a_pattern_on_the_partition_key_needs_no_json() -> None:
    criteria = {"Filters": [{"Pattern": json.dumps({"partitionKey": ["a"]})}]}
    assert [matches(record(b"no json", key), compile_patterns(criteria)) for key in "ab"] == [True, False]


@pytest.mark.parametrize("criteria", [None, {}, {"Filters": []}])
def test_without_patterns_everything_passes(criteria: dict | None) -> None:
    assert matches(record(b"anything"), compile_patterns(criteria))
