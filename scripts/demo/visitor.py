"""A new visitor of the demo, who looks at one kind of animal and then asks for recommendations."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.common.task import TaskError
from scripts.common.terminal import Progress

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_lambda import LambdaClient

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

    kinesis: KinesisClient
    functions: LambdaClient
    names: dict[str, str]
    stream: str
    user_id: str = field(default_factory=lambda: f"visitor-{uuid.uuid4().hex[:8]}")
    session_id: str = field(default_factory=lambda: f"session-{uuid.uuid4().hex[:8]}")

    def invoke(self, function: str, payload: dict[str, Any]) -> Any:
        """Invoke a function as an app does.

        Raises:
            TaskError: The function failed. The message has its error.
        """
        name = f"{self.names[function]}:live"
        response = self.functions.invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        result = json.load(response["Payload"])
        if response.get("FunctionError"):
            raise TaskError(f"{self.names[function]} failed: {result.get('errorType')}: {result.get('errorMessage')}")
        if "errors" in result:
            raise TaskError(f"{self.names[function]} refused the request: {result['errors']}")
        return result

    def get_recommendations(self, limit: int = 6) -> list[str]:
        """Return the animal groups recommended to this visitor now."""
        return [item["id"] for item in self.invoke("recommend", {"userId": self.user_id, "limit": limit})]

    def get_pets(self, progress: Progress, limit: int = 6) -> list[dict[str, Any]]:
        """Return the pets recommended to this visitor now, each as `recommend` describes it.

        On a busy machine the table may be too slow for an answer; `recommend` then returns groups without pets.

        Raises:
            TaskError: There is no answer with pets after a minute.
        """
        deadline = time.monotonic() + _ARRIVAL_SECONDS
        while True:
            elements = self.invoke("recommend", {"userId": self.user_id, "limit": limit, "pets": {}})
            if all(element["pet"] for element in elements):
                return [element["pet"] for element in elements]
            if time.monotonic() > deadline:
                raise TaskError(f"The catalogue of pets did not answer in {_ARRIVAL_SECONDS} s.")
            progress.update("the catalogue is too slow for an answer")
            time.sleep(0.5)

    def get_shelf(self, function: str, limit: int = 6, **about: Any) -> list[str]:
        """Return the names and groups of the pets that a function returns for this visitor now."""
        elements = self.invoke(function, {"userId": self.user_id, "limit": limit, **about})
        return [f"{element['pet']['name']} ({element['id']})" for element in elements if element["pet"]]

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the events that this visitor's browser sends, one for each view."""
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

    def send_events(self, progress: Progress) -> None:
        """Send the events to the stream, then wait until the history has all of them.

        Raises:
            TaskError: They are not in the history after a minute.
        """
        for event in self.events():
            data = json.dumps(event).encode()
            self.kinesis.put_record(StreamName=self.stream, Data=data, PartitionKey=self.session_id)
        deadline = time.monotonic() + _ARRIVAL_SECONDS
        while (arrived := len(self.get_history())) < len(VIEWS):
            if time.monotonic() > deadline:
                raise TaskError(f"Only {arrived} of {len(VIEWS)} events reached the history in {_ARRIVAL_SECONDS} s.")
            progress.update(f"{arrived}/{len(VIEWS)} events arrived")
            time.sleep(0.2)
        progress.note = f"{len(VIEWS)} events arrived"

    def get_history(self) -> list[dict[str, Any]]:
        """Return this visitor's events, newest first."""
        events: list[dict[str, Any]] = self.invoke("get_history", {"userId": self.user_id})["events"]
        return events
