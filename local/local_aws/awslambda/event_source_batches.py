"""How an event source mapping processes batches of one shard, in order: retries, bisecting, partial responses.

Rules: Lambda developer guide, "Process Amazon Kinesis Data Streams records with Lambda" and "Configuring partial batch
response with Kinesis Data Streams and Lambda". Pure: it calls functions for invoking, waiting and discarding.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.awslambda.model import Outcome
from local_aws.kinesis.shards import StreamRecord

RETRIES_EXHAUSTED = "RetryAttemptsExhausted"
AGE_EXCEEDED = "RecordAgeExceeded"
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0


@dataclass(frozen=True)
class RetryPolicy:
    """A mapping's error handling.

    Attributes:
        retries: retries after the first attempt; None: until the records expire.
        age_seconds: older records are discarded; None: never.
        bisect: whether a failed batch is split in two.
        partial: whether the function reports the failed records (ReportBatchItemFailures).
    """

    retries: int | None
    age_seconds: float | None
    bisect: bool
    partial: bool


@dataclass(frozen=True)
class DiscardedBatch:
    """Records that are discarded, and the reason."""

    records: Sequence[StreamRecord]
    reason: str
    attempts: int
    outcome: Outcome | None


class BatchProcessor:
    """Processes batches of one shard, or of one of its lanes."""

    def __init__(
        self,
        invoke: Callable[[Sequence[StreamRecord]], Outcome | None],
        discard: Callable[[DiscardedBatch], None],
        wait: Callable[[float], bool],
        now: Callable[[], float],
    ) -> None:
        """Make a processor.

        Args:
            invoke: runs the function on records; returns None when it could not run (throttled), which is no attempt.
            discard: called with records that are discarded.
            wait: sleeps for seconds; returns true when the poller has to stop.
            now: returns epoch seconds.
        """
        self._invoke = invoke
        self._discard = discard
        self._wait = wait
        self._now = now

    def process(self, records: Sequence[StreamRecord], policy: RetryPolicy) -> int | None:
        """Process a batch to its end, and return its last sequence number, or None when stopped before."""
        pending, attempts, waits, outcome = [list(records)], 0, 0, None
        while pending:
            batch = self._without_expired(pending.pop(0), policy, attempts, outcome)
            if not batch:
                continue
            outcome = self._invoke(batch)
            rest = _remaining(batch, outcome, policy.partial)
            if not rest:
                attempts = waits = 0
                continue
            if outcome is not None:
                if policy.bisect and outcome.error and len(rest) > 1:
                    middle = len(rest) // 2
                    pending[0:0] = [rest[:middle], rest[middle:]]
                    attempts = waits = 0
                    continue
                # After progress the rest counts as a new batch; without progress this was one more failed attempt.
                attempts = 0 if len(rest) < len(batch) else attempts + 1
                if policy.retries is not None and attempts > policy.retries:
                    self._discard(DiscardedBatch(rest, RETRIES_EXHAUSTED, attempts, outcome))
                    attempts = waits = 0
                    continue
            pending.insert(0, rest)
            if self._wait(min(_FIRST_WAIT * 2**waits, _LONGEST_WAIT)):
                return None
            waits += 1
        return records[-1].sequence

    def _without_expired(
        self, batch: list[StreamRecord], policy: RetryPolicy, attempts: int, outcome: Outcome | None
    ) -> list[StreamRecord]:
        if policy.age_seconds is None:
            return batch
        oldest = self._now() - policy.age_seconds
        expired = [record for record in batch if record.arrival < oldest]
        if expired:
            self._discard(DiscardedBatch(expired, AGE_EXCEEDED, attempts, outcome))
        return batch[len(expired) :]


def _remaining(batch: list[StreamRecord], outcome: Outcome | None, partial: bool) -> list[StreamRecord]:
    """Return the records that have to be retried: all from the lowest sequence number reported as failed."""
    if outcome is None or outcome.error:
        return batch
    if not partial:
        return []
    try:
        failures = _reported(json.loads(outcome.payload or b"null"))
        first = min((int(identifier) for identifier in failures), default=None)
    except (ValueError, TypeError, AttributeError, KeyError):
        return batch
    if first is None:
        return []
    known = any(record.sequence == first for record in batch)
    return [record for record in batch if record.sequence >= first] if known else batch


def _reported(response: Any) -> list[Any]:
    """Return the identifiers of a batch response.

    Raises:
        ValueError, TypeError, KeyError: the response is malformed; Lambda treats it as a complete failure.
    """
    if response is None:
        return []
    failures = response.get("batchItemFailures")
    if failures is None:
        return []
    return [failure["itemIdentifier"] for failure in failures]


def kinesis_event(records: Sequence[StreamRecord], stream_arn: str, region: str, role: str) -> dict[str, Any]:
    """Return the event with which Lambda invokes a function for these records."""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": record.partition_key,
                    "sequenceNumber": str(record.sequence),
                    "data": record.data,
                    "approximateArrivalTimestamp": round(record.arrival, 3),
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"{record.shard_id}:{record.sequence}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": role,
                "awsRegion": region,
                "eventSourceARN": stream_arn,
            }
            for record in records
        ]
    }
