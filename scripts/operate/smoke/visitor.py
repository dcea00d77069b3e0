"""The visitor of a smoke test, and what it does: two views of popular animal groups.

Its id has 128 random bits behind a prefix, so it is nobody else's. The groups exist already, so no model learns a new
one from it.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from animal_recommender.animal_groups import AGE, BREED, SIZE, SPECIES, animal_group_id
from animal_recommender.timestamps import format_time
from animal_recommender.validation import ValidationError
from scripts.common.task import TaskError
from scripts.operate.deployment import Deployment

PREFIX = "smoke-test-"  # of ids; and the partition key of all, so that their events stay in order
EVENTS = 2
_POPULAR = "fallback/popular.json"  # terraform/locals.tf


@dataclass(frozen=True)
class Record:
    """An event as the stream has it: its bytes and its place."""

    data: bytes
    shard: str
    sequence_number: str
    arrival: float  # epoch seconds


@dataclass
class Visit:
    """One visitor of a deployment: who, what they look at (animals of `groups`), and the records of their events."""

    deployment: Deployment
    groups: Sequence[str]
    user: str = field(default_factory=lambda: f"{PREFIX}{uuid.uuid4().hex}")
    records: list[Record] = field(default_factory=list)

    @property
    def animals(self) -> list[dict[str, str]]:
        """The metadata of the groups."""
        return [metadata for metadata in map(_metadata, self.groups) if metadata]

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the events of the visit: views now, with ids, so that an event that is sent again counts once."""
        kind = json.loads(self.deployment.name("event-types"))[0]
        for number in range(EVENTS):
            yield {
                "userId": self.user,
                "sessionId": f"{self.user}-session",
                "eventId": f"{self.user}-{number}",
                "eventType": kind,
                "timestamp": format_time(time.time()),
                "animalMetadata": self.animals[number % len(self.animals)],
            }

    def send(self) -> None:
        """Put the events on the stream."""
        kinesis, stream = self.deployment.aws.client("kinesis"), self.deployment.name("stream-name")
        for event in self.events():
            data = json.dumps(event).encode()
            answer = kinesis.put_record(StreamName=stream, Data=data, PartitionKey=PREFIX)
            arrival = _time_of_answer(answer["ResponseMetadata"]["HTTPHeaders"])
            self.records.append(Record(data, answer["ShardId"], answer["SequenceNumber"], arrival))

    def batch(self) -> dict[str, Any]:
        """Return the visit's records as Lambda gives them to a consumer; if none were sent, as they would have been."""
        unsent = (Record(json.dumps(event).encode(), "shardId-0", "0", time.time()) for event in self.events())
        arn = self._stream_arn()
        return {"Records": [_kinesis_record(record, arn) for record in self.records or unsent]}

    def _stream_arn(self) -> str:
        name = self.deployment.name("stream-name")
        summary = self.deployment.aws.client("kinesis").describe_stream_summary(StreamName=name)
        return summary["StreamDescriptionSummary"]["StreamARN"]


def _time_of_answer(headers: Mapping[str, str]) -> float:
    """Return the time by AWS's clock, which objects and log lines have; the one here may differ."""
    return parsedate_to_datetime(headers["date"]).timestamp() if "date" in headers else time.time()


def _kinesis_record(record: Record, stream_arn: str) -> dict[str, Any]:
    """Return a record of a batch: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html."""
    return {
        "eventID": f"{record.shard}:{record.sequence_number}",
        "eventSource": "aws:kinesis",
        "eventSourceARN": stream_arn,
        "kinesis": {
            "data": base64.b64encode(record.data).decode("ascii"),
            "sequenceNumber": record.sequence_number,
            "approximateArrivalTimestamp": record.arrival,
        },
    }


def plan_visit(deployment: Deployment) -> Visit:
    """Return a visit of a new visitor to the most popular groups.

    Raises:
        TaskError: The popular list has no animal group.
    """
    bucket = deployment.name("seed-bucket")
    body = deployment.aws.client("s3").get_object(Bucket=bucket, Key=_POPULAR)["Body"].read()
    groups = [group for group in json.loads(body)["general"] if _metadata(group)]
    if not groups:
        raise TaskError(f"s3://{bucket}/{_POPULAR} has no animal group that an event could be about")
    return Visit(deployment, groups[: max(EVENTS, 3)])


def _metadata(group: str) -> dict[str, str] | None:
    """Return the four fields of a group's id, such as `2-Saint_Bernard-3-2`; None if it is no such id."""
    species, _, rest = group.partition("-")
    breed, size, age = [*rest.rsplit("-", 2), "", ""][:3]
    metadata = {SPECIES: species, BREED: breed, SIZE: size, AGE: age}
    try:
        return metadata if animal_group_id(metadata) == group else None
    except ValidationError:
        return None
