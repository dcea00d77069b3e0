"""Poison records: no consumer may accept one, fail because of one, or lose one."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

TWO_MEGABYTES = 2 * 1024 * 1024
_LARGE_EVERY = 6  # rounds through all kinds between two rounds with the large ones
_METADATA = {
    "animal_species_id": "1",
    "animal_primary_breed_id": "Bengal",
    "animal_size_id": "2",
    "animal_age_id": "2",
}

Maker = Callable[[random.Random], bytes]


def _event(**changes: Any) -> bytes:
    event = {"userId": "poison", "sessionId": "poison", "eventType": "DetailView", "animalMetadata": _METADATA}
    return json.dumps({name: value for name, value in {**event, **changes}.items() if value is not ...}).encode()


def _envelope(inner: bytes, levels: int) -> bytes:
    document = json.loads(inner)
    for _ in range(levels):
        document = {"Partitionkey": "1", "Data": document}
    return json.dumps(document).encode()


KINDS: dict[str, Maker] = {
    "not JSON": lambda chance: b"userId=1&eventType=DetailView",
    "cut off": lambda chance: _event()[: chance.randint(2, 60)],
    "wrong types": lambda chance: _event(userId={"id": 1}, sessionId=[1], eventType=7, animalMetadata="cat"),
    "missing fields": lambda chance: _event(sessionId=..., animalMetadata={"animal_species_id": "1"}),
    "no metadata": lambda chance: _event(animalMetadata=...),
    "deep nesting": lambda chance: b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "deep list": lambda chance: b"[" * 60_000 + b"]" * 60_000,
    "bad UTF-8": lambda chance: _event().replace(b"poison", b"\xff\xfe\x80"),
    "random bytes": lambda chance: chance.randbytes(chance.randint(1, 900)),
    "NaN": lambda chance: _event(eventValue=1.5).replace(b"1.5", b"NaN"),
    "infinity": lambda chance: _event(eventValue=1.5).replace(b"1.5", b"1e999"),
    "far future": lambda chance: _event(timestamp="9999-12-31T23:59:59Z"),
    "milliseconds": lambda chance: _event(timestamp=1_790_000_000_000),
    "empty": lambda chance: b"",
    "white space": lambda chance: b" \n\t\r\n",
    "envelope in envelope": lambda chance: _envelope(_event(), 2),
    "empty envelope": lambda chance: b'{"Partitionkey": "1", "Data": null}',
    "a list": lambda chance: b'["DetailView", "poison"]',
    "half a character": lambda chance: _event(userId="X").replace(b'"X"', b'"\\ud800"'),
    "endless number": lambda chance: _event(sessionId=1).replace(b" 1,", b" " + b"9" * 5000 + b","),
    "too long id": lambda chance: _event(userId="x" * 257),
}
LARGE: dict[str, Maker] = {
    "2 MB of text": lambda chance: _event(comment="woof " * (TWO_MEGABYTES // 5)),
    "2 MB of noise": lambda chance: _event(comment=chance.randbytes(TWO_MEGABYTES // 2).hex()),
}


class Poison:
    """All kinds in turn, and the large ones in every sixth round."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._turn: list[tuple[str, Maker]] = []
        self._rounds = 0

    def next(self) -> tuple[str, bytes]:
        """Return the next kind's name and bytes."""
        if not self._turn:
            large = LARGE if self._rounds % _LARGE_EVERY == 0 else {}
            self._turn = [*large.items(), *KINDS.items()]
            self._rounds += 1
        kind, make = self._turn.pop(0)
        return kind, make(self._chance)
