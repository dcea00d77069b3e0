"""What an event source mapping does with batches: retries, bisecting, partial answers, expiry."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from local_aws.awslambda.event_source_batches import BatchProcessor, DiscardedBatch, RetryPolicy, kinesis_event
from local_aws.awslambda.model import Outcome
from local_aws.kinesis.shards import StreamRecord

OK = Outcome(b"null", "1")
FAILED = Outcome(b"{}", "1", "Unhandled", "ValueError")
Function = Callable[[list[int]], Outcome | None]


def records(*numbers: int, arrival: float = 1000.0) -> list[StreamRecord]:
    return [StreamRecord("shardId-000000000000", number, f"key-{number}", "e30=", arrival) for number in numbers]


def partial(*failed: object) -> Outcome:
    return Outcome(json.dumps({"batchItemFailures": [{"itemIdentifier": item} for item in failed]}).encode(), "1")


@dataclass
class Run:
    """One processor with a function that answers by rule, and what it did."""

    function: Function
    now: float = 1000.0
    calls: list[list[int]] = field(default_factory=list)
    discarded: list[tuple[list[int], str, int]] = field(default_factory=list)
    stop_after: int = 100

    def process(self, batch: Sequence[StreamRecord], **policy: object) -> int | None:
        settings = {"retries": 2, "age_seconds": None, "bisect": False, "partial": False, **policy}
        processor = BatchProcessor(self._invoke, self._discard, self._wait, lambda: self.now)
        return processor.process(batch, RetryPolicy(**settings))  # type: ignore[arg-type]

    def _invoke(self, batch: Sequence[StreamRecord]) -> Outcome | None:
        self.calls.append([record.sequence for record in batch])
        return self.function(self.calls[-1])

    def _discard(self, given_up: DiscardedBatch) -> None:
        self.discarded.append(([r.sequence for r in given_up.records], given_up.reason, given_up.attempts))

    def _wait(self, seconds: float) -> bool:
        return len(self.calls) >= self.stop_after


def test_given_success_when_processed_then_the_function_ran_once() -> None:
    run = Run(lambda batch: OK)
    assert run.process(records(1, 2, 3)) == 3
    assert run.calls == [[1, 2, 3]]


def test_given_lasting_failure_when_retries_are_used_up_then_the_batch_is_discarded() -> None:
    run = Run(lambda batch: FAILED)
    assert run.process(records(1, 2)) == 2
    assert run.calls == [[1, 2]] * 3
    assert run.discarded == [([1, 2], "RetryAttemptsExhausted", 3)]


def test_given_one_poison_record_when_bisecting_then_only_it_is_discarded() -> None:
    run = Run(lambda batch: FAILED if 5 in batch else OK)
    assert run.process(records(*range(1, 9)), bisect=True) == 8
    assert run.discarded == [([5], "RetryAttemptsExhausted", 3)]
    done = {number for call in run.calls if 5 not in call for number in call}
    assert done == {1, 2, 3, 4, 6, 7, 8}


def test_given_bisecting_then_records_stay_in_order() -> None:
    run = Run(lambda batch: FAILED if len(batch) > 2 else OK)
    run.process(records(*range(1, 8)), bisect=True)
    succeeded = [number for call in run.calls if len(call) <= 2 for number in call]
    assert succeeded == list(range(1, 8))


def test_given_partial_answer_when_retried_then_from_the_lowest_failure_on() -> None:
    answers = iter([partial("4", "3"), partial()])
    run = Run(lambda batch: next(answers))
    assert run.process(records(1, 2, 3, 4, 5), partial=True) == 5
    assert run.calls == [[1, 2, 3, 4, 5], [3, 4, 5]]


def test_given_partial_answers_with_progress_then_no_retry_is_counted() -> None:
    run = Run(lambda batch: partial(str(batch[1])) if len(batch) > 1 else partial())
    assert run.process(records(*range(1, 10)), partial=True) == 9
    assert run.discarded == []


@pytest.mark.parametrize(
    "answer", [partial(""), partial(None), partial("99"), Outcome(b'{"batchItemFailures": 3}', "1")]
)
def test_given_malformed_partial_answer_then_the_whole_batch_failed(answer: Outcome) -> None:
    run = Run(lambda batch: answer)
    run.process(records(1, 2), partial=True)
    assert run.calls == [[1, 2]] * 3


@pytest.mark.parametrize("payload", [b"null", b"{}", b'{"batchItemFailures": []}', b'{"batchItemFailures": null}'])
def test_given_empty_partial_answer_then_all_succeeded(payload: bytes) -> None:
    run = Run(lambda batch: Outcome(payload, "1"))
    assert run.process(records(1, 2), partial=True) == 2
    assert len(run.calls) == 1


def test_given_throttling_when_it_ends_then_no_retry_was_counted() -> None:
    answers = iter([None] * 10 + [OK])
    run = Run(lambda batch: next(answers))
    assert run.process(records(1), retries=0) == 1
    assert run.discarded == []


def test_given_old_records_when_an_age_is_set_then_they_are_discarded_unseen() -> None:
    run = Run(lambda batch: OK)
    batch = [*records(1, 2, arrival=900.0), *records(3, arrival=990.0)]
    assert run.process(batch, age_seconds=60.0) == 3
    assert run.calls == [[3]]
    assert run.discarded == [([1, 2], "RecordAgeExceeded", 0)]


def test_given_a_stop_while_retrying_then_nothing_is_done_with() -> None:
    run = Run(lambda batch: FAILED, stop_after=2)
    assert run.process(records(1), retries=None) is None


def test_the_event_has_lambdas_format() -> None:
    record = StreamRecord("shardId-000000000001", 7, "key", "e30=", 1700000000.1234)
    made = kinesis_event([record], "arn:aws:kinesis:us-east-1:1:stream/s", "us-east-1", "arn:aws:iam::1:role/r")
    assert made == {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "key",
                    "sequenceNumber": "7",
                    "data": "e30=",
                    "approximateArrivalTimestamp": 1700000000.123,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": "shardId-000000000001:7",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": "arn:aws:iam::1:role/r",
                "awsRegion": "us-east-1",
                "eventSourceARN": "arn:aws:kinesis:us-east-1:1:stream/s",
            }
        ]
    }
