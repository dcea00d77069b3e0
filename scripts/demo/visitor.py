"""A new visitor of the demo: browses one kind of animal, and asks what they would like."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scripts.common.task import TaskError
from scripts.common.terminal import Progress

BREED = "Saint_Bernard"
SPECIES = "2"
# Big, grown dogs of one breed, one after the other, the last one a favourite: (size, age, event type).
VIEWS = [
    ("4", "3", "DetailView"),
    ("5", "3", "DetailView"),
    ("4", "2", "DetailView"),
    ("5", "2", "DetailView"),
    ("4", "4", "DetailView"),
    ("4", "3", "Favorite"),
]
_ARRIVAL_SECONDS = 60


@dataclass
class Visitor:
    """One visitor, with the clients and names that an app would use."""

    kinesis: Any
    functions: Any
    names: dict[str, str]
    stream: str
    user_id: str = field(default_factory=lambda: f"visitor-{uuid.uuid4().hex[:8]}")
    session_id: str = field(default_factory=lambda: f"session-{uuid.uuid4().hex[:8]}")

    def ask(self, function: str, payload: dict) -> Any:
        """Invoke a function as an app does. Raises TaskError with the function's own error."""
        answer = self.functions.invoke(FunctionName=self.names[function], Payload=json.dumps(payload).encode())
        result = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise TaskError(f"{self.names[function]} failed: {result.get('errorType')}: {result.get('errorMessage')}")
        return result

    def recommendations(self, limit: int = 6) -> list[str]:
        """The animal groups recommended to this visitor now."""
        return [item["id"] for item in self.ask("recommend", {"userId": self.user_id, "limit": limit})]

    def events(self) -> Iterator[dict]:
        """What this visitor's browser sends, one event a view."""
        for number, (size, age, event_type) in enumerate(VIEWS):
            yield {
                "userId": self.user_id,
                "sessionId": self.session_id,
                "eventType": event_type,
                "animalMetadata": {
                    "animal_species_id": SPECIES,
                    "animal_primary_breed_id": BREED,
                    "animal_size_id": size,
                    "animal_age_id": age,
                },
                "animal_id": str(98765 + number),
            }

    def browse(self, progress: Progress) -> None:
        """Send the events to the stream, then wait until the history shows that all have come through."""
        for event in self.events():
            data = json.dumps(event).encode()
            self.kinesis.put_record(StreamName=self.stream, Data=data, PartitionKey=self.user_id)
        deadline = time.monotonic() + _ARRIVAL_SECONDS
        while (arrived := len(self.history())) < len(VIEWS):
            if time.monotonic() > deadline:
                raise TaskError(f"Only {arrived} of {len(VIEWS)} events reached the history in {_ARRIVAL_SECONDS} s.")
            progress.update(f"{arrived}/{len(VIEWS)} events arrived")
            time.sleep(0.2)
        progress.note = f"{len(VIEWS)} events arrived"

    def history(self) -> list[dict]:
        """This visitor's events, newest first."""
        return self.ask("get_history", {"userId": self.user_id})["events"]
