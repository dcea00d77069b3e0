"""The groups of events that name a pet without its group: queries count by breed, and the app may not know it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from animal_recommender.events import MAX_AHEAD
from animal_recommender.observability import logger
from animal_recommender.pets.age_limits import AgeLimits
from animal_recommender.pets.pet import Pet
from animal_recommender.pets.table_requests import TableUnavailableError
from animal_recommender.record_formats import Document
from animal_recommender.timestamps import EARLIEST, parse_time
from animal_recommender.validation import as_text

ReadPets = Callable[[Collection[str]], Mapping[str, Pet]]
"""Reads pets by their ids. Raises TableUnavailableError."""


class PetGroups:
    """Adds groups from the catalogue. `without` is the number of events for which it had none."""

    def __init__(self, read: ReadPets, age_limits: AgeLimits, events: Iterable[Document]) -> None:
        """Look up the pets of the events of a batch.

        If the table does not answer, their events are stored as they were sent: the raw store waits for nothing.
        """
        self.without = 0
        self._age_limits = age_limits
        self._pets: Mapping[str, Pet] = {}
        wanted = set(filter(None, map(_lonely_pet, events)))
        try:
            self._pets = read(wanted) if wanted else {}
        except TableUnavailableError as error:
            logger.warning("Pets of events not read", extra={"error": error.code, "pets": len(wanted)})

    def complete(self, event: Document, arrival: float) -> Document:
        """Return an event with the group that its pet had on the day of the event.

        `arrival` (epoch seconds) is the time of an event that has none.
        """
        pet_id = _lonely_pet(event)
        if pet_id is None or not isinstance(event, Mapping):
            return event
        pet = self._pets.get(pet_id)
        if pet is None:
            self.without += 1
            return event
        day = datetime.fromtimestamp(_time(event, arrival), UTC).date()
        return {**event, "animalMetadata": pet.metadata(day, self._age_limits)}


def _lonely_pet(event: Document) -> str | None:
    """Return the id of the pet of an event that has no group."""
    if not isinstance(event, Mapping) or event.get("animalMetadata") is not None:
        return None
    return as_text(event.get("animal_id")) or None


def _time(event: Mapping[str, Any], arrival: float) -> float:
    seconds = parse_time(event.get("timestamp"))
    return seconds if seconds is not None and EARLIEST <= seconds <= arrival + MAX_AHEAD else arrival
