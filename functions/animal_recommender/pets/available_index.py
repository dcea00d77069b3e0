"""Reads of the index of available pets, for snapshots. They are not consistent, so they decide nothing."""

from collections.abc import Collection, Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from animal_recommender.pets.age_limits import AgeLimits
from animal_recommender.pets.pet_table import AVAILABLE_INDEX, Item, to_available_pet
from animal_recommender.pets.snapshot import AvailablePet
from animal_recommender.pets.table_requests import PAGE_ITEMS, read_pages, retried

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def read_available(
    dynamodb: "DynamoDBClient",
    table: str,
    on: date,
    age_limits: AgeLimits,
    *,
    shelters: Collection[str] = (),
    max_pages: int | None = None,
) -> Iterator[AvailablePet]:
    """Yield the available pets, each with its group on a day; only those of `shelters` if any are given.

    With `max_pages` a page has up to 1 MB, some thousands of pets, and what comes after them is left out.

    Raises:
        TableUnavailableError: They could not be read.
    """
    size = PAGE_ITEMS if max_pages is None else None
    for items in islice(_pages(dynamodb, table, shelters, size), max_pages):
        yield from (to_available_pet(item, on, age_limits) for item in items)


def _pages(dynamodb: "DynamoDBClient", table: str, shelters: Collection[str], size: int | None) -> Iterator[list[Item]]:
    index = {"TableName": table, "IndexName": AVAILABLE_INDEX}
    if not shelters:
        yield from read_pages(retried(dynamodb.scan), index, size)
    for shelter in sorted(shelters):
        of_shelter = {
            "KeyConditionExpression": "availableShelter = :shelter",
            "ExpressionAttributeValues": {":shelter": {"S": shelter}},
        }
        yield from read_pages(retried(dynamodb.query), {**index, **of_shelter}, size)
