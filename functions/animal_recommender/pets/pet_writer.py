"""Writes of the catalogue: each with the time of its data, so that an older description never replaces a newer one."""

import time
from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from animal_recommender.aws_errors import CONDITION_FAILED, error_code
from animal_recommender.pets.pet import REMOVED, Pet
from animal_recommender.pets.pet_table import (
    CATALOGUE_KEY,
    Item,
    Origin,
    StatusTaken,
    pet_item,
    pet_key,
    read_origin,
    read_status_taken,
    status_item,
    to_pet,
    with_origin,
    with_status_taken,
)
from animal_recommender.pets.table_requests import get_items
from animal_recommender.retries import backoff_delays
from animal_recommender.timestamps import format_time

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

NO_ORIGIN = Origin()


class Change(Enum):
    """What a description did to its pet. ADDED: it was not there, or removed. STALE: the catalogue has newer data."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    STALE = "stale"


class StoredPet(NamedTuple):
    """A pet as the catalogue has it."""

    pet: Pet
    origin: Origin = NO_ORIGIN
    taken: StatusTaken | None = None


class PetWriter:
    """The pets of one table. `new_source` is the source of pets that have none yet."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        sleep: Callable[[float], None] = time.sleep,
        *,
        new_source: str | None = None,
    ) -> None:
        self._new_source = new_source
        self._dynamodb = dynamodb
        self._table = table
        self._sleep = sleep

    def read(self, pet_ids: Iterable[str]) -> dict[str, StoredPet]:
        """Return the pets with these ids as they are now (strongly consistent); those that do not exist are left out.

        Raises:
            ClientError, BotoCoreError: DynamoDB did not answer.
        """
        items = get_items(
            self._dynamodb.batch_get_item,
            self._table,
            list(map(pet_key, dict.fromkeys(pet_ids))),
            sleep=self._sleep,
            delays=backoff_delays,
            ConsistentRead=True,
        )
        return {stored.pet.pet_id: stored for stored in map(_stored, items)}

    def write(self, pet: Pet, stored: StoredPet | None, origin: Origin = NO_ORIGIN) -> Change:
        """Bring a description into the catalogue, unless it has a newer one; return what it changed.

        A description of a feed is written even if it changes nothing: then an older one, which may still come, cannot
        replace it. If the same feed wrote it before, this returns what it changed then, and writes nothing.

        Args:
            pet: The description.
            stored: The pet as it was read before. If it has changed since, it is read again.
            origin: The feed. Without a source in it the pet keeps its own.

        Raises:
            ClientError, BotoCoreError: DynamoDB did not answer.
        """
        return self.revise(pet.pet_id, stored, lambda _: pet, origin)

    def revise(
        self,
        pet_id: str,
        stored: StoredPet | None,
        decide: Callable[[StoredPet | None], Pet | None],
        origin: Origin = NO_ORIGIN,
    ) -> Change:
        """Do the same as `write` with the description that `decide` makes of the pet as it is.

        Args:
            pet_id: Id of the pet.
            stored: The pet as it was read before. If it has changed since, it is read, and decided on, again.
            decide: Returns the description, or None to leave the pet as it is, which counts as STALE.
            origin: See `write`.

        Raises:
            ClientError, BotoCoreError: DynamoDB did not answer.
        """
        while (pet := decide(stored)) is not None:
            change = self._attempt(pet, stored, origin)
            if change is not None:
                return change
            stored = self.read([pet_id]).get(pet_id)
        return Change.STALE

    def _attempt(self, pet: Pet, stored: StoredPet | None, origin: Origin) -> Change | None:
        """Write a description in the place of `stored`; return None if another one is there meanwhile."""
        if stored and origin.feed and stored.origin.feed == origin.feed and _is_same(pet, stored):
            return Change(stored.origin.action)
        change = _compare(pet, stored)
        if change is Change.STALE or self._replace(pet, stored, origin, change):
            return change
        return None

    def _replace(self, pet: Pet, stored: StoredPet | None, origin: Origin, change: Change) -> bool:
        """Write a description in the place of `stored`; return False if another one is there meanwhile.

        The status that ends is kept before: it was the pet's, whoever replaces it, and whether this writer is killed.
        """
        if stored and not origin.feed and change is Change.UNCHANGED and pet.updated_at == stored.pet.updated_at:
            return True
        if stored and stored.taken and stored.pet.status != pet.status:
            self._dynamodb.put_item(TableName=self._table, Item=status_item(stored.pet, stored.taken))
        source = origin.source or (stored.origin.source if stored else None) or self._new_source
        new = origin._replace(source=source, action=change.value if origin.feed else None)
        item = with_status_taken(pet_item(_with_listing(pet, stored)), _taken(pet, stored))
        return self._put(with_origin(item, new), stored)

    def _put(self, item: Item, stored: StoredPet | None) -> bool:
        try:
            self._dynamodb.put_item(TableName=self._table, Item=item, **_still(stored))
        except ClientError as error:
            if error_code(error) == CONDITION_FAILED:
                return False
            raise
        return True

    def mark_changed(self) -> None:
        """Note that the catalogue has changed, for the publisher of its snapshot. To be called after the writes."""
        self._dynamodb.update_item(
            TableName=self._table,
            Key=CATALOGUE_KEY,
            UpdateExpression="SET changedAt = :now",
            ExpressionAttributeValues={":now": {"S": format_time(time.time())}},
        )


def _taken(pet: Pet, stored: StoredPet | None) -> StatusTaken | None:
    """Return since when the pet has its status once this description is written."""
    if stored and stored.pet.status == pet.status:
        return stored.taken
    return StatusTaken(pet.updated_at, stored.taken.number + 1 if stored and stored.taken else 1)


def _still(stored: StoredPet | None) -> dict[str, Any]:
    """Return the condition that a pet is as it was read. Two feeds may give it the same time and status."""
    if stored is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    values: dict[str, Any] = {":seen": {"S": stored.pet.updated_at}, ":status": {"S": stored.pet.status}}
    same_status = "attribute_not_exists(statusNumber)"
    if stored.taken:
        same_status, values[":number"] = "statusNumber = :number", {"N": str(stored.taken.number)}
    same_feed = "attribute_not_exists(importId)"
    if stored.origin.feed:
        same_feed, values[":feed"] = "importId = :feed", {"S": stored.origin.feed}
    return {
        "ConditionExpression": f"updatedAt = :seen AND #status = :status AND {same_status} AND {same_feed}",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": values,
    }


def _stored(item: Item) -> StoredPet:
    return StoredPet(to_pet(item), read_origin(item), read_status_taken(item))


def _compare(pet: Pet, stored: StoredPet | None) -> Change:
    if stored is None:
        return Change.ADDED
    if stored.pet.updated_at > pet.updated_at:
        return Change.STALE
    if _is_same(pet, stored):
        return Change.UNCHANGED
    if pet.status == REMOVED:
        return Change.REMOVED
    return Change.ADDED if stored.pet.status == REMOVED else Change.CHANGED


def _is_same(pet: Pet, stored: StoredPet) -> bool:
    return _content(pet, stored) == _content(stored.pet, stored)


def _content(pet: Pet, stored: StoredPet) -> Pet:
    """Return a description without its time, and with the listing date that it takes over."""
    return _with_listing(pet, stored)._replace(updated_at="", animal=dict(pet.animal), fields=dict(pet.fields))


def _with_listing(pet: Pet, stored: StoredPet | None) -> Pet:
    """Return a pet with its listing date: its own, else the one that the catalogue has, else the time of its data."""
    known = stored.pet.listed_at if stored else None
    return pet if pet.listed_at else pet._replace(listed_at=known or pet.updated_at)
