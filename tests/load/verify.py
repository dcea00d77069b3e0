"""Compare every store, read completely, with the producer's own list of what it sent."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from animal_recommender.personalize_ids import session_as_user
from scripts.operate.dead_letter_queue import Letter, Queue
from tests.load.producer import Sent
from tests.load.records import GOOD
from tests.load.target import CONSUMERS, Target

_MOST = 131_072  # bytes of an event
_HIDDEN = 600  # seconds that letters stay invisible while their queue is read

Problems = list[str]


def good(sent: Iterable[Sent]) -> list[Sent]:
    """Return each good event once, in the order of sending, even if the producer sent it twice."""
    first = {one.record.marker: one for one in reversed([*sent]) if one.record.kind == GOOD}
    return [*reversed(first.values())]


def tracker_problems(target: Target, sent: Sequence[Sent]) -> Problems:
    """Check the tracker: every good event exactly once, and a session's events in order if they went to one shard."""
    sessions = target.tracked()["sessions"]
    expected: dict[str, list[Sent]] = defaultdict(list)
    for one in good(sent):
        expected[one.record.session].append(one)
    problems = []
    for session, events in expected.items():
        held = [_own_id(event_id) for event_id in sessions.get(session_as_user(session), [])]
        problems += _differences("tracker", (one.event_id for one in events), held)
        ids = [one.event_id for one in events]
        if len({one.shard for one in events}) == 1 and ids != [event_id for event_id in held if event_id in ids]:
            problems.append(f"tracker: events of {session} are out of order")
    return problems


def history_problems(target: Target, sent: Sequence[Sent]) -> Problems:
    """Check the history: every good event exactly once, in the partition of its user (or session, without a login)."""
    events = {one.record.marker: one for one in good(sent)}
    items = [item for item in _items(target) if item.get("animal_id", {}).get("S") in events]
    problems = _differences("history", events, [item["animal_id"]["S"] for item in items])
    logins: dict[str, tuple[str, str]] = {}
    for item in items:
        one = events[item["animal_id"]["S"]].record
        if one.user:
            latest = logins.get(one.session, ("", one.user))[0]
            logins[one.session] = (max(latest, item["timestamp"]["S"]), one.user)
    for item in items:
        session = item["sessionId"]["S"]
        until, user = logins.get(session, ("", ""))
        owner = f"userId#{user}" if item["timestamp"]["S"] <= until else f"session#{session}"
        if item["pk"]["S"] != owner:
            problems.append(f"history: {item['animal_id']['S']} is in {item['pk']['S']}, not in {owner}")
    return problems


def raw_problems(target: Target, sent: Sequence[Sent]) -> Problems:
    """Check the raw store: every record as often as it was put on the stream, poison and repeats included.

    A record that is one JSON object is a line, without its envelope; any other is under `errors/` with its bytes.
    """
    places = {one.record.data: _place(one.record.data) for one in sent}
    expected = Counter(places[one.record.data] for one in sent)
    names = {places[one.record.data]: one.record.marker or one.record.kind for one in sent}
    held = Counter(_line_place(line) for line in _raw_lines(target, "events/year="))
    held.update(_refused_place(line) for line in _raw_lines(target, "errors/processing-failed/"))
    return [
        f"raw store: {names[place]} {held[place]} times as {place[0]}, not {count}"
        for place, count in expected.items()
        if held[place] != count
    ]


def _raw_lines(target: Target, prefix: str) -> Iterator[bytes]:
    s3, bucket = target.client("s3"), target.outputs["raw_bucket"]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
            yield from (gzip.decompress(body) if found["Key"].endswith(".gz") else body).splitlines()


def _place(data: bytes) -> tuple[str, bytes]:
    """Return where a record must be: as an event, with the digest of its JSON, or refused, with that of its bytes."""
    try:
        document = json.loads(data, parse_constant=_refuse, parse_float=_finite) if len(data) <= _MOST else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return "refused", _digest(data)
    inner = document.get("Data")
    whole = not isinstance(inner, dict) or "Data" in inner or "eventType" in document
    return "event", _digest(json.dumps(document if whole else inner).encode())


def _line_place(line: bytes) -> tuple[str, bytes]:
    return "event", _digest(json.dumps(json.loads(line)).encode())


def _refused_place(line: bytes) -> tuple[str, bytes]:
    return "refused", _digest(base64.b64decode(json.loads(line)["rawData"]))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else str(number)


def letters(target: Target, consumer: str) -> list[Letter]:
    """Read all letters of a consumer's dead-letter queue; they stay in the queue."""
    url = target.outputs["dead_letter_queue_urls"][consumer]
    queue = Queue(target.client("sqs"), url, _HIDDEN)
    try:
        return list(queue.receive_letters())
    finally:
        queue.release()


def dead_letter_problems(sent: Sequence[Sent], found: dict[str, list[Letter]]) -> Problems:
    """Check the dead letters: every poison record in each queue, with a reason and its bytes, and no good event."""
    poison = {one.place: one.record for one in sent if one.record.kind != GOOD}
    ours = {one.place for one in sent}
    problems = []
    for consumer in CONSUMERS:
        buried = {letter.place: letter for letter in found[consumer] if letter.place in ours}
        lost = Counter(poison[place].kind for place in poison.keys() - buried.keys())
        problems += [f"dead letters of {consumer}: {count} of {kind} are missing" for kind, count in lost.items()]
        for place, letter in buried.items():
            if place not in poison:
                problems.append(f"dead letters of {consumer}: a good event, {letter.reason}: {letter.detail}")
            elif not letter.reason or not _same(poison[place].data, letter):
                problems.append(f"dead letters of {consumer}: {poison[place].kind} lacks its reason or its bytes")
        problems += [f"dead letters of {consumer}: {one.detail} given up" for one in found[consumer] if one.is_batch]
    return problems


def _same(data: bytes, letter: Letter) -> bool:
    return data == letter.data if letter.whole else bool(letter.data) and data.startswith(letter.data)


def _own_id(personalize_id: str) -> str:
    """Return an event's own id, without the digest that makes it unique over all visitors."""
    return personalize_id.partition("@")[0]


def _differences(where: str, expected: Iterable[str], held: Iterable[str]) -> Problems:
    wanted, there = Counter(expected), Counter(held)
    lost = [f"{where}: {one} is missing" for one in wanted if one not in there]
    return lost + [f"{where}: {one} is there {count} times" for one, count in there.items() if count > 1]


def _items(target: Target) -> Iterator[dict[str, Any]]:
    pages = (
        target.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=target.outputs["history_table"],
            ConsistentRead=True,
            FilterExpression="attribute_exists(eventId)",  # no login marker, no mark of an application
            ProjectionExpression="pk, animal_id, sessionId, #t",
            ExpressionAttributeNames={"#t": "timestamp"},
        )
    )
    for page in pages:
        yield from page["Items"]


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16).digest()
