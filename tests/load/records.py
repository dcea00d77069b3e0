"""Records for the stream: sessions of many visitors, interleaved, with poison records among them.

The same seed always gives the same bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.load.poison import Poison

GOOD = "good"
_SESSION_EVENTS = (1, 16)
_OTHER_SHARDS = 0.1  # share of sessions whose events go to any shard: a producer with other partition keys
_REPEATED = 0.005  # share of good events that the producer sends twice
_TYPES = ("DetailView", "DetailView", "DetailView", "Favorite", "Application")
_BREEDS = (("1", "Bengal"), ("1", "Russian_Blue"), ("2", "Beagle"), ("2", "Saint_Bernard"), ("2", "Pug"))


@dataclass(frozen=True)
class Record:
    """One record: `kind` is `good` or the kind of poison; the fields after `data` are set for good events only.

    `marker` is the event's animal_id, which every store keeps; `event_id` is None if the event has none of its own.
    """

    kind: str
    key: str
    data: bytes
    marker: str = ""
    session: str = ""
    user: str | None = None
    event_id: str | None = None


@dataclass
class _Session:
    user: str
    name: str
    left: int
    anonymous: int  # number of events before the visitor logs in
    spread: bool


@dataclass
class Plan:
    """What to send: `events` records, a share `poison` of them poison, by `users` visitors; ids begin with `name`."""

    events: int
    users: int
    seed: int = 1
    poison: float = 0.01
    name: str = "soak"
    start: float = 1_735_689_600.0  # epoch seconds: the timestamp of the first event that has one
    _sessions: dict[int, _Session] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        """Yield the records in the order of sending; repeated events are not counted in `events`."""
        chance, poison = random.Random(self.seed), Poison(self.seed)
        every = round(1 / self.poison) if self.poison else 0
        for number in range(self.events):
            if every and number % every == every // 2:
                kind, data = poison.next()
                yield Record(kind, f"key-{chance.random()}", data)
                continue
            record = self._event(chance, number)
            yield record
            if record.event_id and chance.random() < _REPEATED:
                yield record

    def _event(self, chance: random.Random, number: int) -> Record:
        session = self._session(chance, chance.randrange(self.users))
        session.left -= 1
        session.anonymous -= 1
        user = None if session.anonymous >= 0 else session.user
        marker = f"{self.name}-{number:07d}"
        species, breed = chance.choice(_BREEDS)
        event: dict[str, Any] = {
            "sessionId": session.name,
            "eventType": chance.choice(_TYPES),
            "animalMetadata": {
                "animal_species_id": species,
                "animal_primary_breed_id": breed,
                "animal_size_id": chance.randint(1, 5),
                "animal_age_id": str(chance.randint(1, 5)),
            },
            "animal_id": marker,
        }
        if user:
            event["userId"] = user
        event_id = f"{self.name}-e{number}" if chance.random() < 0.5 else None
        if event_id:  # an event that may be sent twice needs a timestamp: it is part of the history's key
            event |= {"eventId": event_id, "timestamp": self._time(chance, number)}
        whole = {"Partitionkey": session.name, "Data": event} if chance.random() < 0.2 else event
        key = f"key-{chance.random()}" if session.spread else session.name
        return Record(GOOD, key, json.dumps(whole).encode(), marker, session.name, user, event_id)

    def _time(self, chance: random.Random, number: int) -> float | str:
        moment = self.start + number / 1000
        return moment if chance.random() < 0.5 else datetime.fromtimestamp(moment, UTC).isoformat()

    def _session(self, chance: random.Random, user: int) -> _Session:
        held = self._sessions.get(user)
        if held is None or not held.left:
            number = 0 if held is None else int(held.name.rsplit("-", 1)[1]) + 1
            left = chance.randint(*_SESSION_EVENTS)
            anonymous = chance.choice((0, 0, 0, left // 2, left))
            name = f"{self.name}-s{user}-{number}"
            held = _Session(f"{self.name}-u{user}", name, left, anonymous, chance.random() < _OTHER_SHARDS)
            self._sessions[user] = held
        return held
