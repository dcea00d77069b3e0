"""Events that name an animal without its metadata: the catalogue knows them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from animal_recommender.events import Event, with_metadata
from animal_recommender.observability import logger
from animal_recommender.pets.age_limits import AgeLimits
from animal_recommender.pets.known_pets import KnownPets
from animal_recommender.pets.pet import Pet
from animal_recommender.pets.table_requests import TableUnavailableError
from animal_recommender.stream_batches import DeliveryResult

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Deliver = Callable[[list[Event]], DeliveryResult]


class EventPets:
    """Completes events by the catalogue."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        age_limits: AgeLimits,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pets = KnownPets(dynamodb, table, clock, sleep)
        self._age_limits = age_limits

    def deliver(self, events: list[Event], deliver: Deliver) -> DeliveryResult:
        """Deliver events, each with its metadata.

        An event of a pet that the catalogue never had is not delivered: it is among the `unknown_pets` of the result.
        If the table does not answer, neither the first event that needs it nor a later one is delivered, so that the
        events of a session keep their order; these are `failed`.
        """
        lonely = [event for event in events if not event.item_id]
        if not lonely:
            return deliver(events)
        try:
            pets = self._pets.read({event.animal_id or "" for event in lonely})
        except TableUnavailableError as error:
            logger.warning("Pets of events not read", extra={"error": error.code, "events": len(lonely)})
            first = min(event.position for event in lonely)
            result = deliver([event for event in events if event.position < first])
            result.add_failed(event for event in events if event.position >= first)
            return result
        unknown = {event.position for event in lonely if event.animal_id not in pets}
        result = deliver([self._completed(event, pets) for event in events if event.position not in unknown])
        result.unknown_pets |= unknown
        return result

    def _completed(self, event: Event, pets: dict[str, Pet]) -> Event:
        """Return an event with the group that its pet had on the day of the event."""
        if event.item_id:
            return event
        day = datetime.fromtimestamp(event.timestamp, UTC).date()
        return with_metadata(event, pets[event.animal_id or ""].metadata(day, self._age_limits))
