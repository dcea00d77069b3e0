"""Puts records on the Kinesis stream, and those of a partial failure again."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from accept_events.request import Record
from animal_recommender.aws_errors import AwsError, ErrorKind, classify
from animal_recommender.retries import backoff_delays
from animal_recommender.tracing import record_subsegment

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient

# With the waits between them these take up to a second if Kinesis refuses at once, and 8 seconds if it does not answer.
ATTEMPTS = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5


def put_records(
    kinesis: "KinesisClient", stream: str, records: Sequence[Record], sleep: Callable[[float], None]
) -> list[int]:
    """Put records on the stream, and return the indexes of those that it did not take in all attempts.

    PutRecords keeps the order of its records in a shard, except those that it refuses: they come after the others.
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
    """
    pending, pauses = list(range(len(records))), backoff_delays(_FIRST_PAUSE, _LONGEST_PAUSE)
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(next(pauses))
        pending = _put_once(kinesis, stream, records, pending)
        if not pending:
            break
    return pending


def _put_once(kinesis: "KinesisClient", stream: str, records: Sequence[Record], indexes: list[int]) -> list[int]:
    """Return those of the indexes whose records were not taken."""
    entries = [{"Data": records[index].data, "PartitionKey": records[index].partition_key} for index in indexes]
    try:
        with record_subsegment("Kinesis"):
            response = kinesis.put_records(StreamName=stream, Records=entries)  # type: ignore[arg-type]
    except AwsError as error:
        if classify(error) is ErrorKind.TRANSIENT:
            return indexes
        raise
    return [index for index, result in zip(indexes, response["Records"], strict=True) if result.get("ErrorCode")]
