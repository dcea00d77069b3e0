"""Probes of the corrections of Kinesis."""

import time
from typing import Any

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, create_function, create_mapping, create_stream, probe


@probe("kinesis.keep_tags")
def stream_has_its_tags() -> None:
    create_stream(Tags={"a": "b"})
    assert client("kinesis").list_tags_for_stream(StreamName="s")["Tags"] == [{"Key": "a", "Value": "b"}]


@probe("kinesis.number_records_without_search")
def puts_do_not_slow_down() -> None:
    from moto.kinesis.models import Shard

    def seconds(records: int) -> float:
        shard = Shard(0, 0, 1)
        shard.records.update(dict.fromkeys(range(1, records + 1)))
        began = time.perf_counter()
        for _ in range(300):
            shard.put_record("k", "", "")
        return time.perf_counter() - began

    empty, full = (min(seconds(records) for _ in range(3)) for records in (0, 20_000))
    assert full < empty * 10, f"{empty:.4f} s in an empty shard, {full:.4f} s in a full one"


@probe("kinesis.allow_large_records")
def takes_large_records_where_allowed() -> None:
    kinesis, arn = client("kinesis"), create_stream()
    kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=4096)
    kinesis.put_record(StreamName="s", PartitionKey="a", Data=b"x" * (2 << 20))


@probe("kinesis.leave_invocation_to_pollers")
def put_does_not_invoke() -> None:
    from moto.awslambda.models import LambdaFunction

    create_mapping(create_function())
    calls: list[Any] = []
    original = LambdaFunction._invoke_lambda
    LambdaFunction._invoke_lambda = lambda self, event=None: calls.append(event) or ("", False, "")  # type: ignore
    try:
        client("kinesis").put_record(StreamName="s", PartitionKey="a", Data=b"x")
    finally:
        LambdaFunction._invoke_lambda = original  # type: ignore[method-assign]
    assert not calls


@probe("kinesis.trim_records")
def records_past_the_retention_period_are_removed() -> None:
    from moto.kinesis.models import kinesis_backends

    create_stream()
    kinesis = client("kinesis")
    shard_id = kinesis.put_record(StreamName="s", PartitionKey="a", Data=b"x")["ShardId"]
    shard = kinesis_backends[ACCOUNT][REGION].streams["s"].shards[shard_id]
    next(iter(shard.records.values())).created_at -= 25 * 3600
    iterator = kinesis.get_shard_iterator(StreamName="s", ShardId=shard_id, ShardIteratorType="TRIM_HORIZON")
    assert not kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]


@probe("kinesis.leave_records_in_closed_shards")
def records_stay_in_a_shard_that_is_split() -> None:
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    shard_id = kinesis.put_record(StreamName="s", PartitionKey="a", Data=b"x")["ShardId"]
    kinesis.split_shard(StreamName="s", ShardToSplit=shard_id, NewStartingHashKey=str(2**127))
    iterator = kinesis.get_shard_iterator(StreamName="s", ShardId=shard_id, ShardIteratorType="TRIM_HORIZON")
    found = kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    assert [record["SequenceNumber"] for record in found] == ["1"]
    assert kinesis.put_record(StreamName="s", PartitionKey="a", Data=b"x")["ShardId"] != shard_id
