"""Consistent reads of pets: what decides whether a pet may be shown."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import PET_NAMES, PET_PROJECTION, pet_key, to_pet
from animal_recommender.pets.table_requests import get_items, retried

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class PetReader:
    """Reads pets of one table. The client should make one attempt only, since this retries."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._sleep = sleep

    def read(self, pet_ids: Iterable[str]) -> dict[str, Pet]:
        """Return the pets of these ids as they are now, without `fields` and `updated_at`; unknown ids are left out.

        The read is strongly consistent: it has every change that was acknowledged before it began.

        Raises:
            TableUnavailableError: Not all of them could be read.
        """
        items = get_items(
            retried(self._dynamodb.batch_get_item, self._sleep),
            self._table,
            list(map(pet_key, dict.fromkeys(pet_ids))),
            sleep=self._sleep,
            ConsistentRead=True,
            ProjectionExpression=PET_PROJECTION,
            ExpressionAttributeNames=PET_NAMES,
        )
        return {pet.pet_id: pet for pet in map(to_pet, items)}
