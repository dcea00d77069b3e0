"""Pets that this process has read from the catalogue a moment ago."""

import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_reader import PetReader

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# What a pet is does not change; only its age does, and that is computed.
MAX_AGE_SECONDS = 300.0
MAX_PETS = 10_000


class KnownPets:
    """Reads pets, and keeps them for five minutes: for their groups, not for their status."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reader = PetReader(dynamodb, table, sleep)
        self._clock = clock
        self._known: dict[str, tuple[float, Pet]] = {}

    def read(self, pet_ids: Collection[str]) -> dict[str, Pet]:
        """Return the pets of these ids; unknown ids are left out.

        Raises:
            TableUnavailableError: Not all of them could be read.
        """
        now = self._clock()
        fresh = {one: self._known[one][1] for one in pet_ids if one in self._known and self._known[one][0] > now}
        found = self._reader.read(one for one in pet_ids if one not in fresh)
        if len(self._known) + len(found) > MAX_PETS:
            self._known.clear()
        self._known.update((one, (now + MAX_AGE_SECONDS, pet)) for one, pet in found.items())
        return fresh | found
