"""What an event source mapping does with the records of one shard, in order, until each is done with.

Rules: Lambda developer guide, "Process Amazon Kinesis Data Streams records with Lambda" and "Configuring partial batch
response with Kinesis Data Streams and Lambda". Pure: invoking, waiting and discarding are handed in.
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
        age_seconds: records older than that are discarded; None: never.
        bisect: split a batch that failed.
        partial: the function reports the records that failed (ReportBatchItemFailures).
    """

    retries: int | None
    age_seconds: float | None
    bisect: bool
    partial: bool


@dataclass(frozen=True)
class Discarded:
    """Records that were given up, and why."""

    records: Sequence[StreamRecord]
    reason: str
    attempts: int
    outcome: Outcome | None


class BatchProcessor:
    """Works through batches of one shard (or one of its parallel lanes)."""

    def __init__(
        self,
        invoke: Callable[[Sequence[StreamRecord]], Outcome | None],
        discard: Callable[[Discarded], None],
        wait: Callable[[float], bool],
        now: Callable[[], float],
    ) -> None:
        """Make a processor.

        Args:
            invoke: runs the function on records; None when it could not be reached (throttled): no attempt is counted.
            discard: told of records that were given up.
            wait: sleeps for seconds; true when the poller is to stop.
            now: epoch seconds.
        """
        self._invoke = invoke
        self._discard = discard
        self._wait = wait
        self._now = now

    def process(self, records: Sequence[StreamRecord], policy: RetryPolicy) -> int | None:
        """Process a batch to its end; returns the last sequence number done, or None when stopped meanwhile."""
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
                # Progress makes the rest a batch of its own; without it, this was one more failed attempt.
                attempts = 0 if len(rest) < len(batch) else attempts + 1
                if policy.retries is not None and attempts > policy.retries:
                    self._discard(Discarded(rest, RETRIES_EXHAUSTED, attempts, outcome))
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
            self._discard(Discarded(expired, AGE_EXCEEDED, attempts, outcome))
        return batch[len(expired) :]


def _remaining(batch: list[StreamRecord], outcome: Outcome | None, partial: bool) -> list[StreamRecord]:
    """Return the records that are still to be done: all from the lowest sequence number reported as failed."""
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


def _reported(answer: Any) -> list[Any]:
    """Return the identifiers of a batch response.

    Raises:
        ValueError, TypeError, KeyError: it is malformed, which Lambda treats as a complete failure.
    """
    if answer is None:
        return []
    failures = answer.get("batchItemFailures")
    if failures is None:
        return []
    return [failure["itemIdentifier"] for failure in failures]


def event(records: Sequence[StreamRecord], stream_arn: str, region: str, role: str) -> dict[str, Any]:
    """Return the event that Lambda hands to a function for these records."""
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
