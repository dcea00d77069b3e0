"""Batches of a Kinesis event source mapping, handled so that no record is lost and no record blocks its shard.

A record that can never succeed goes to the dead-letter queue. The earliest record that may still succeed is reported
to Lambda, which then delivers the shard again from that record on (ReportBatchItemFailures).

Powertools' batch processor handles one record at a time, but PutEvents takes up to ten events of a session in a call.
"""

import base64
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from animal_recommender.dead_letters import DeadLetter, DeadLetterQueue, Record
from animal_recommender.event_types import EventTypes
from animal_recommender.events import Event, parse_event
from animal_recommender.observability import add_count_metric, logger
from animal_recommender.record_formats import Document, find_documents
from animal_recommender.validation import ValidationError, shown_name


@dataclass
class DeliveryResult:
    """The events of a batch, by position, that were not delivered, and the number of retried events.

    `failed` may succeed later. `refused` never can; it has a text about each one. `repeated` were there already: the
    app sent them before, and this time they change nothing. `unknown_pets` name an animal that the catalogue never had.
    """

    failed: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    repeated: set[int] = field(default_factory=set)
    unknown_pets: set[int] = field(default_factory=set)
    retried: int = 0

    def add_failed(self, events: Iterable[Event]) -> None:
        """Note events that may succeed later."""
        self.failed.update(event.position for event in events)

    def add(self, other: "DeliveryResult") -> None:
        """Add the result of another part of the batch."""
        self.failed |= other.failed
        self.refused |= other.refused
        self.repeated |= other.repeated
        self.unknown_pets |= other.unknown_pets
        self.retried += other.retried


Deliver = Callable[[list[Event]], DeliveryResult]


def process_batch(
    event: Any, event_types: EventTypes, deliver: Deliver, dead_letters: DeadLetterQueue, accepted_metric: str
) -> dict[str, Any]:
    """Parse a Kinesis batch, `deliver` the valid events, send the others to the dead-letter queue, and count them.

    Return `{"batchItemFailures": [{"itemIdentifier": sequence number}]}`: the earliest record to deliver again, or
    none. If the process is killed after it sent dead letters and before it returned, it sends them again. That is
    harmless, because to redrive a dead letter twice changes nothing.
    """
    records = read_records(event)
    batch = parse_records(records, event_types)
    result = deliver(batch.events)
    for position, detail in result.refused.items():
        batch.refuse(batch.events[position].record, "refused-by-service", detail)
    for position in result.unknown_pets:
        batch.refuse(batch.events[position].record, "unknown-pet", "animal_id: is no pet of the catalogue")
    first_failed = min((batch.events[position].record for position in result.failed), default=len(records))
    # Lambda delivers the records after the first failed one again, so their dead letters would be sent twice.
    due = [letter for letter in batch.dead_letters() if letter.record.position < first_failed]
    unsent = dead_letters.send(due)
    first_failed = min([first_failed, *(letter.record.position for letter in unsent)])
    _report(_counts(batch, result, first_failed, accepted_metric), failed=len(result.failed))
    _report_suspicious_events([one for one in batch.events if one.record < first_failed])
    if first_failed == len(records):
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": records[first_failed].sequence_number}]}


def read_records(event: Any) -> list[Record]:
    """Return the records of a Kinesis event in their order. Data that is not base64 is kept as it is."""
    return [_record(position, item) for position, item in enumerate(event.get("Records", []))]


def _record(position: int, item: dict[str, Any]) -> Record:
    kinesis = item["kinesis"]
    try:
        data = base64.b64decode(kinesis["data"], validate=True)
    except ValueError:
        data = kinesis["data"].encode("utf-8", "surrogatepass")
    return Record(
        position=position,
        stream_arn=item.get("eventSourceARN", ""),
        shard_id=item.get("eventID", "").partition(":")[0],
        sequence_number=kinesis["sequenceNumber"],
        arrival=float(kinesis.get("approximateArrivalTimestamp") or time.time()),
        data=data,
    )


@dataclass
class ParsedBatch:
    """The events of a batch of records, and why others are refused: record index -> (reason, detail) of each event."""

    records: list[Record]
    events: list[Event] = field(default_factory=list)
    refusals: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    unparsed: int = 0

    def refuse(self, record: int, reason: str, detail: str) -> None:
        """Note that an event of a record is refused."""
        self.refusals.setdefault(record, []).append((reason, detail))

    def dead_letters(self) -> list[DeadLetter]:
        """Return a letter for each record with a refused event, in order.

        It has the whole record: a redrive changes nothing for events of the record that were accepted.
        """
        return [
            DeadLetter(self.records[record], found[0][0], "; ".join(detail for _, detail in found))
            for record, found in sorted(self.refusals.items())
        ]


def parse_records(records: list[Record], event_types: EventTypes) -> ParsedBatch:
    """Find and parse the events of records; see `record_formats` for what a record may hold."""
    batch = ParsedBatch(records)
    for record in records:
        documents = find_documents(record.data)
        for index, document in enumerate(documents):
            several = len(documents) > 1
            where = _place(record) + (f":{index:04}" if several else "")
            try:
                batch.events.append(_parse_document(document, record, len(batch.events), where, event_types))
            except ValidationError as error:
                prefix = f"event {index + 1} of {len(documents)}: " if several else ""
                batch.refuse(record.position, error.reason, f"{prefix}{error}")
                batch.unparsed += 1
    return batch


def _parse_document(document: Document, record: Record, position: int, place: str, event_types: EventTypes) -> Event:
    if isinstance(document, ValidationError):
        raise document
    return parse_event(
        document,
        position=position,
        record=record.position,
        place=place,
        arrival=record.arrival,
        event_types=event_types,
    )


def _place(record: Record) -> str:
    """Return the record's place in the stream. A replay gives it too. All have one width, so they sort as the shard."""
    return f"{record.shard_id}:{record.sequence_number:0>56}"


def _counts(batch: ParsedBatch, result: DeliveryResult, first_failed: int, accepted_metric: str) -> dict[str, int]:
    """Return the metrics of a batch.

    A record that Lambda delivers again is counted then, so it is counted once, even if a service accepts it twice.
    """
    done = {event.position for event in batch.events if event.record < first_failed}
    return {
        "EventsReceived": len(batch.events) + batch.unparsed,
        accepted_metric: len(done - result.refused.keys() - result.unknown_pets),
        "EventsRejected": sum(len(batch.refusals.get(record, ())) for record in range(first_failed)),
        "EventsRepeated": len(done & result.repeated),
        "EventsRetried": result.retried,
    }


def _report(counts: dict[str, int], failed: int) -> None:
    for name, value in counts.items():
        add_count_metric(name, value)
    logger.info("Batch handled", extra={**counts, "EventsFailed": failed})


def _report_suspicious_events(events: list[Event]) -> None:
    """Count what was delivered and is probably a mistake of the app; name unknown fields and types in the log."""
    fields = [one for one in events if one.unknown_fields]
    names = {name for one in fields for name in one.unknown_fields}
    _warn("EventsWithUnknownFields", len(fields), "Unknown fields in events", fields=sorted(names)[:50])
    types = [one for one in events if one.unknown_type]
    names = {shown_name(one.event_type) for one in types}
    _warn("EventsWithUnknownType", len(types), "Event types that are not in event_types", types=sorted(names)[:50])
    placeholders = sum(one.placeholder_user for one in events)
    _warn("EventsWithPlaceholderUser", placeholders, "Placeholders such as undefined as userId")


def _warn(metric: str, events: int, message: str, **details: list[str]) -> None:
    if events:
        add_count_metric(metric, events)
        logger.warning(message, extra={**details, "events": events})
