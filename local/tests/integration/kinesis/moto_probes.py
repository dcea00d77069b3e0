"""Probes of the corrections of Kinesis."""

import time
from typing import Any

from local_aws.testing.moto_probes import client, create_function, create_mapping, create_stream, probe


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
