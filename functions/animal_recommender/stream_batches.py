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
from animal_recommender.events import Event, parse_event
from animal_recommender.observability import add_count_metric, logger
from animal_recommender.record_formats import Document, find_documents
from animal_recommender.validation import ValidationError


@dataclass
class DeliveryResult:
    """The events of a batch, by position, that were not delivered, and the number of retried events.

    `failed` may succeed later. `refused` never can; it has a text about each one.
    """

    failed: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    retried: int = 0

    def add_failed(self, events: Iterable[Event]) -> None:
        """Note events that may succeed later."""
        self.failed.update(event.position for event in events)

    def add(self, other: "DeliveryResult") -> None:
        """Add the result of another part of the batch."""
        self.failed |= other.failed
        self.refused |= other.refused
        self.retried += other.retried


Deliver = Callable[[list[Event]], DeliveryResult]


def process_batch(event: Any, deliver: Deliver, dead_letters: DeadLetterQueue, accepted_metric: str) -> dict[str, Any]:
    """Parse a Kinesis batch, `deliver` the valid events, send the others to the dead-letter queue, and count them.

    Return `{"batchItemFailures": [{"itemIdentifier": sequence number}]}`: the earliest record to deliver again, or
    none. If the process is killed after it sent dead letters and before it returned, it sends them again. That is
    harmless, because to redrive a dead letter twice changes nothing.
    """
    records = read_records(event)
    batch = parse_records(records)
    result = deliver(batch.events)
    for position, detail in result.refused.items():
        batch.refuse(batch.events[position].record, "refused-by-service", detail)
    first_failed = min((batch.events[position].record for position in result.failed), default=len(records))
    # Lambda delivers the records after the first failed one again, so their dead letters would be sent twice.
    due = [letter for letter in batch.dead_letters() if letter.record.position < first_failed]
    unsent = dead_letters.send(due)
    first_failed = min([first_failed, *(letter.record.position for letter in unsent)])
    # A record that Lambda delivers again is counted then, so it is counted once, even if a service accepts it twice.
    accepted = sum(event.record < first_failed and event.position not in result.refused for event in batch.events)
    rejected = sum(len(batch.refusals.get(position, ())) for position in range(first_failed))
    _report(len(batch.events) + batch.unparsed, accepted, rejected, result, accepted_metric)
    _report_suspicious_events(batch.events)
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


def parse_records(records: list[Record]) -> ParsedBatch:
    """Find and parse the events of records; see `record_formats` for what a record may hold."""
    batch = ParsedBatch(records)
    for record in records:
        documents = find_documents(record.data)
        for index, document in enumerate(documents):
            place = f"event {index + 1} of {len(documents)}: " if len(documents) > 1 else ""
            try:
                batch.events.append(_parse_document(document, record, len(batch.events), index if place else None))
            except ValidationError as error:
                batch.refuse(record.position, error.reason, f"{place}{error}")
                batch.unparsed += 1
    return batch


def _parse_document(document: Document, record: Record, position: int, index: int | None) -> Event:
    if isinstance(document, ValidationError):
        raise document
    default_id = _default_id(record) if index is None else f"{_default_id(record)}:{index:04}"
    return parse_event(
        document, position=position, record=record.position, default_id=default_id, arrival=record.arrival
    )


def _default_id(record: Record) -> str:
    """Return an id that a replay gives too. All ids have the same width, so they sort as the shard does."""
    return f"{record.shard_id}:{record.sequence_number:0>56}"


def _report(received: int, accepted: int, rejected: int, result: DeliveryResult, accepted_metric: str) -> None:
    counts = {
        "EventsReceived": received,
        accepted_metric: accepted,
        "EventsRejected": rejected,
        "EventsRetried": result.retried,
    }
    for name, value in counts.items():
        add_count_metric(name, value)
    logger.info("Batch handled", extra={**counts, "EventsFailed": len(result.failed)})


def _report_suspicious_events(events: list[Event]) -> None:
    """Count what was delivered and is probably a mistake of the app; name the unknown fields in the log."""
    unknown = sorted({name for event in events for name in event.unknown_fields})
    if unknown:
        with_unknown = sum(bool(event.unknown_fields) for event in events)
        add_count_metric("EventsWithUnknownFields", with_unknown)
        logger.warning("Unknown fields in events", extra={"fields": unknown[:50], "events": with_unknown})
    placeholders = sum(event.placeholder_user for event in events)
    if placeholders:
        add_count_metric("EventsWithPlaceholderUser", placeholders)
        logger.warning("Placeholders such as undefined as userId", extra={"events": placeholders})
