"""The function normalize_events: Firehose's data transformation, stream records to lines of JSON.

The contract: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypedDict

from animal_recommender.observability import Handler, add_count_metric, instrument, logger
from animal_recommender.pets.age_limits import AgeLimits, parse_age_limits
from animal_recommender.pets.known_pets import KnownPets
from animal_recommender.raw_events import RawEvents, raw_events, read_events
from animal_recommender.record_formats import Document
from normalize_events.pet_groups import PetGroups

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient

# Lambda refuses a response of more than 6 MB (6,291,556 bytes), and Firehose then fails the whole batch.
MAX_RESPONSE_BYTES = 6_000_000
# The names and the result of a record in the response; its id and data come on top.
_FRAME_BYTES = 80


class TransformedRecord(TypedDict):
    """A record as Firehose takes it back: `Ok` with lines, or `ProcessingFailed` with the bytes that it sent."""

    recordId: str
    result: str
    data: str


class TransformedRecords(TypedDict):
    """The response: every record of the request once, in its order."""

    records: list[TransformedRecord]


@dataclass(frozen=True)
class Settings:
    """Environment variables. PETS_TABLE is the catalogue of pets."""

    pets_table: str
    age_limits: AgeLimits = field(metadata={"parse": parse_age_limits})


def make_handler(
    settings: Settings, *, make_dynamodb: "Callable[[], DynamoDBClient]"
) -> Handler[Any, TransformedRecords]:
    """Return the Lambda handler."""

    @cache
    def pets() -> KnownPets:
        # Made when an event first needs it: many sites send the group with each event.
        return KnownPets(make_dynamodb(), settings.pets_table)

    @instrument
    def handle(event: Any, context: "LambdaContext") -> TransformedRecords:
        """Transform a batch. The same batch gives the same lines, so Firehose may repeat it."""
        records = event["records"]
        events = [read_events(base64.b64decode(record["data"])) for record in records]
        groups = PetGroups(lambda ids: pets().read(ids), settings.age_limits, chain.from_iterable(events))
        transformation = _Transformation(records, groups)
        transformed = [transformation.transform(record, found) for record, found in zip(records, events, strict=True)]
        transformation.report()
        return {"records": transformed}

    return handle


class _Transformation:
    """One batch. A record whose lines do not fit the response fails, and the other records do not fail with it."""

    def __init__(self, records: list[dict[str, Any]], groups: PetGroups) -> None:
        unchanged = sum(len(record["recordId"]) + len(record["data"]) + _FRAME_BYTES for record in records)
        self._room = MAX_RESPONSE_BYTES - unchanged
        self._groups = groups
        self._stored = self._unreadable = self._failed = 0

    def transform(self, record: dict[str, Any], events: list[Document]) -> TransformedRecord:
        """Return the lines of a record's events, or the record itself if it holds none that can be read."""
        arrival = float(record.get("approximateArrivalTimestamp") or time.time() * 1000) / 1000
        found = raw_events(self._groups.complete(event, arrival) for event in events)
        self._unreadable += len(found.refusals)
        data = base64.b64encode(b"".join(found.lines)).decode("ascii")
        growth = len(data) - len(record["data"])
        if not found.lines or growth > self._room:
            return self._fail(record, found)
        self._room -= growth
        self._stored += len(found.lines)
        if found.refusals:
            _log("Part of a record is no event", record, found.refusals[0].reason)
        return {"recordId": record["recordId"], "result": "Ok", "data": data}

    def _fail(self, record: dict[str, Any], found: RawEvents) -> TransformedRecord:
        self._failed += 1
        _log("Record not stored", record, "too-large-unpacked" if found.lines else found.refusals[0].reason)
        return {"recordId": record["recordId"], "result": "ProcessingFailed", "data": record["data"]}

    def report(self) -> None:
        """Count what was transformed."""
        counts = {
            "RawEventsStored": self._stored,
            "RawEventsUnreadable": self._unreadable,
            "RawRecordsFailed": self._failed,
            "RawEventsWithoutGroup": self._groups.without,
        }
        for name, value in counts.items():
            add_count_metric(name, value)
        logger.info("Batch transformed", extra=counts)


def _log(message: str, record: dict[str, Any], reason: str) -> None:
    place = record.get("kinesisRecordMetadata") or {}
    shown = {"shardId": place.get("shardId"), "sequenceNumber": place.get("sequenceNumber")}
    logger.warning(message, extra={"reason": reason, **shown})
