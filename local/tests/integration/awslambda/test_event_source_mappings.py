"""Event source mappings invoke a function with the records of a Kinesis stream."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.testing.server import LocalAws, unique_name

Eventually = Callable[..., Any]


class Consumer:
    """A function that passes on what it sees, mapped to a stream of its own."""

    def __init__(self, aws: LocalAws, code: str, *, shards: int = 1, **settings: Any) -> None:
        self.aws = aws
        self.stream, self.stream_arn = aws.create_stream(shards)
        self.seen_url, _ = aws.create_queue()
        self.dead_url, self.dead_arn = aws.create_queue()
        self.function = aws.create_function(code, Environment={"Variables": {"QUEUE": self.seen_url}})
        alias = aws.client("lambda").get_alias(FunctionName=self.function, Name="live")["AliasArn"]
        settings = {
            "StartingPosition": "LATEST",
            "MaximumRetryAttempts": 1,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": {"OnFailure": {"Destination": self.dead_arn}},
            **settings,
        }
        made = aws.client("lambda").create_event_source_mapping(
            EventSourceArn=self.stream_arn, FunctionName=alias, **settings
        )
        self.mapping = made["UUID"]
        self.batches: list[list[str]] = []

    def put(self, *texts: str) -> None:
        self.aws.put_records(self.stream, *texts)

    def seen(self) -> Counter[str]:
        self.batches += [message["Body"] for message in self.aws.receive_messages(self.seen_url)]
        return Counter(text for batch in self.batches for text in batch)

    def is_not_read(self) -> bool:
        """Whether nobody reads the stream for the function any more."""
        return not [lane for lane in self.aws.administer("streams")["lanes"] if self.function in lane["function"]]

    def close(self) -> None:
        self.aws.client("lambda").delete_event_source_mapping(UUID=self.mapping)


@pytest.fixture
def consumer(aws: LocalAws, consumer_code: str) -> Any:
    made: list[Consumer] = []

    def make(**settings: Any) -> Consumer:
        made.append(Consumer(aws, consumer_code, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_records_arrive_once_and_in_order_of_their_shard(consumer: Any, eventually: Eventually) -> None:
    one = consumer(BatchSize=10)
    texts = [f"record-{number:03}" for number in range(100)]
    one.put(*texts)
    eventually(lambda: one.seen() == Counter(texts))
    assert all(len(batch) <= 10 for batch in one.batches)
    assert sorted(texts) == [text for batch in sorted(one.batches) for text in batch]


def test_given_poison_when_bisecting_then_only_it_is_lost_and_accounted_for(
    consumer: Any, aws: LocalAws, eventually: Eventually
) -> None:
    one = consumer(BatchSize=50, BisectBatchOnFunctionError=True)
    good = [f"good-{number}" for number in range(20)]
    one.put(*good[:7], "poison", *good[7:])
    eventually(lambda: one.seen() == Counter(good), 40)
    (record,) = eventually(lambda: aws.receive_messages(one.dead_url))
    batch = record["Body"]["KinesisBatchInfo"]
    assert record["Body"]["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["Body"]["responseContext"]["functionError"] == "Unhandled"
    assert (batch["startSequenceNumber"], batch["endSequenceNumber"], batch["batchSize"]) == ("8", "8", 1)
    assert batch["streamArn"] == one.stream_arn


def test_given_partial_failures_then_the_batch_goes_on_from_there(consumer: Any, eventually: Eventually) -> None:
    one = consumer()
    texts = ["a", "b", unique_name("once"), "d"]
    one.put(*texts)
    eventually(lambda: one.seen() == Counter(texts))
    assert one.batches[0] == ["a", "b"]


def test_given_a_filter_then_the_rest_is_passed_over(consumer: Any, eventually: Eventually) -> None:
    pattern = '{"data": {"kind": ["view"]}}'
    one = consumer(FilterCriteria={"Filters": [{"Pattern": pattern}]})
    one.put('{"kind": "view", "n": 1}', '{"kind": "other"}', "no json", '{"kind": "view", "n": 2}')
    eventually(lambda: sum(one.seen().values()) == 2)
    assert all("view" in text for text in one.seen())


def test_given_a_batching_window_then_records_are_gathered(
    consumer: Any, aws: LocalAws, eventually: Eventually
) -> None:
    full, waiting = consumer(MaximumBatchingWindowInSeconds=60, BatchSize=3), consumer(MaximumBatchingWindowInSeconds=1)
    for text in "abc":
        full.put(text)
    waiting.put("alone")
    eventually(lambda: full.seen() == Counter("abc"))
    assert len(full.batches) == 1
    eventually(lambda: waiting.seen() == Counter(["alone"]))


def test_given_parallel_lanes_then_every_key_stays_in_order(
    consumer: Any, aws: LocalAws, eventually: Eventually
) -> None:
    one = consumer(ParallelizationFactor=4, BatchSize=5)
    records = [{"Data": f"{key}-{n:02}".encode(), "PartitionKey": key} for n in range(20) for key in "abcdef"]
    aws.client("kinesis").put_records(StreamName=one.stream, Records=records)
    eventually(lambda: sum(one.seen().values()) == 120)
    assert max(one.seen().values()) == 1


def test_given_a_disabled_mapping_when_enabled_again_then_it_goes_on_where_it_was(
    consumer: Any, aws: LocalAws, eventually: Eventually
) -> None:
    one = consumer()
    one.put("before")
    eventually(lambda: one.seen() == Counter(["before"]))
    aws.client("lambda").update_event_source_mapping(UUID=one.mapping, Enabled=False)
    eventually(lambda: aws.client("lambda").get_event_source_mapping(UUID=one.mapping)["State"] == "Disabled")
    eventually(one.is_not_read)
    one.put("meanwhile")
    time.sleep(0.7)
    assert one.seen() == Counter(["before"])
    aws.client("lambda").update_event_source_mapping(UUID=one.mapping, Enabled=True)
    eventually(lambda: one.seen() == Counter(["before", "meanwhile"]))


def test_given_trim_horizon_then_what_was_there_arrives_too(
    aws: LocalAws, consumer_code: str, eventually: Eventually
) -> None:
    one = Consumer(aws, consumer_code)
    one.close()
    eventually(one.is_not_read)
    one.put("early")
    alias = aws.client("lambda").get_alias(FunctionName=one.function, Name="live")["AliasArn"]
    one.mapping = aws.client("lambda").create_event_source_mapping(
        EventSourceArn=one.stream_arn, FunctionName=alias, StartingPosition="TRIM_HORIZON"
    )["UUID"]
    eventually(lambda: one.seen() == Counter(["early"]))
    one.close()
