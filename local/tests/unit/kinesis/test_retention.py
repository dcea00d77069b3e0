"""Kinesis: which records are kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.kinesis.models import Shard, Stream

from local_aws import registry
from local_aws.kinesis import retention
from local_aws.kinesis.shards import count_after, read_records
from local_aws.retention import Limits

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    registry.correct_moto_for("kinesis")
    monkeypatch.setattr(retention, "limits", lambda: Limits(shard_records=3, shard_mib=1))


@pytest.fixture
def stream() -> Stream:
    return Stream("s", 1, None, None, "123456789012", "us-east-1")


@pytest.fixture
def positions() -> Iterator[list[int]]:
    """How far the consumers of this server have read."""
    found: list[int] = []

    def read_to(shard: Shard) -> list[int]:
        return found

    retention.add_consumers(read_to)
    yield found
    retention.remove_consumers(read_to)


def put(stream: Stream, *texts: str) -> Any:
    for text in texts:
        stream.put_record("key", "", text)
    return next(iter(stream.shards.values()))


def kept(shard: Shard) -> list[str]:
    return [record.data for record in read_records(shard, 0, 100)]


def test_given_no_consumers_then_the_newest_records_up_to_the_limit_are_kept(stream: Stream) -> None:
    shard = put(stream, "a", "b", "c", "d", "e")
    assert kept(shard) == ["c", "d", "e"]


def test_given_consumers_then_what_one_of_them_has_not_read_is_kept(stream: Stream, positions: list[int]) -> None:
    positions += [4, 1]
    shard = put(stream, "a", "b", "c", "d", "e")
    assert kept(shard) == ["b", "c", "d", "e"]
    positions[1] = 4
    put(stream, "f")
    assert kept(shard) == ["d", "e", "f"]


def test_given_large_records_then_their_size_counts(stream: Stream) -> None:
    shard = put(stream, "a" * 600_000, "b" * 600_000)
    assert kept(shard) == ["b" * 600_000]


def test_given_trimmed_records_then_numbers_go_on_and_old_positions_start_at_the_oldest(stream: Stream) -> None:
    shard = put(stream, "a", "b", "c", "d", "e")
    assert [record.sequence for record in read_records(shard, 1, 2)] == [3, 4]
    assert stream.put_record("key", "", "f")[0] == "6"
    assert (shard.get_min_sequence_number(), shard.get_max_sequence_number()) == (1, 6)


def test_given_trimmed_records_then_only_kept_ones_count_as_behind(stream: Stream) -> None:
    shard = put(stream, "a", "b", "c", "d", "e")
    assert [count_after(shard, position) for position in (0, 2, 4, 5)] == [3, 3, 1, 0]


def test_given_records_past_the_retention_period_then_they_are_removed_read_or_not(
    stream: Stream, positions: list[int]
) -> None:
    positions.append(0)
    shard = put(stream, "a", "b")
    for record in shard.records.values():
        record.created_at -= DAY + 1
    put(stream, "c")
    assert kept(shard) == ["c"]


def test_given_no_new_records_then_old_ones_are_removed_when_the_shard_is_read(stream: Stream) -> None:
    shard = put(stream, "a")
    stream.retention_period_hours = 48
    shard.records[1].created_at -= DAY + 1
    assert kept(stream.get_shard(shard.shard_id)) == ["a"]
    stream.retention_period_hours = 24
    assert kept(stream.get_shard(shard.shard_id)) == []
    assert shard.size == 0


@pytest.mark.parametrize("merged", [False, True])
def test_given_a_closed_shard_then_it_keeps_its_records_and_gets_no_new_ones(stream: Stream, merged: bool) -> None:
    shard = put(stream, "a", "b")
    stream.split_shard(shard.shard_id, str(2**127))
    children = list(stream.shards.values())[1:]
    if merged:
        stream.merge_shards(*(child.shard_id for child in children))
    put(stream, "c")
    assert kept(shard) == ["a", "b"]
    assert [text for child in list(stream.shards.values())[1:] for text in kept(child)] == ["c"]
