"""A catalogue in moto and an items dataset in a local Personalize, with a clock that only tests move."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from animal_recommender.animal_groups import GroupFields
from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import AVAILABLE_INDEX, CATALOGUE_KEY, GROUPS, pet_item
from animal_recommender.pets.snapshot import SNAPSHOT_KEY, Snapshot
from animal_recommender.timestamps import format_time
from local_aws.personalize.resource_types import DATASET, SCHEMA
from local_aws.testing.in_process import schema
from local_aws.testing.personalize_account import PersonalizeAccount
from publish_pets.function import Settings, make_handler
from publish_pets.publisher import Clients

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
CATEGORIES = [
    {"name": name.upper(), "type": "string", "categorical": True}
    for name in ("animal_species_id", "animal_primary_breed_id", "animal_size_id", "animal_age_id")
]
FIELDS = [
    {"name": "ITEM_ID", "type": "string"},
    *CATEGORIES,
    {"name": "CREATION_TIMESTAMP", "type": "long"},
    {"name": "COLOUR", "type": ["null", "string"], "categorical": True},
]
PETS_FIELDS = [{"name": name, "type": ["null", "int"]} for name in ("AVAILABLE_PETS", "LONGEST_WAITING_DAYS")]
SEED = b"""ITEM_ID,ANIMAL_SPECIES_ID,ANIMAL_PRIMARY_BREED_ID,ANIMAL_SIZE_ID,ANIMAL_AGE_ID,CREATION_TIMESTAMP,COLOUR
2-Beagle-3-2,2,Beagle,3,2,1600000000,brown
"""


# moto starts without a session, and a new one loads the services' models again.
SESSION = boto3.Session("test", "test", region_name="eu-west-1")


@cache
def _client(service: Any) -> Any:
    return SESSION.client(service)


def pet(pet_id: str, breed: str = "Beagle", days: int = 3, **fields: Any) -> Pet:
    animal = dict(zip(GroupFields(), ("2", breed, "3", "2"), strict=True))
    return Pet(pet_id, animal, "available", format_time(NOW), listed_at=format_time(NOW - days * 86_400), **fields)


class World:
    """The services around one publisher, and what a test sees in them."""

    def __init__(self, account: PersonalizeAccount, fields: list[dict[str, Any]]) -> None:
        self.dynamodb, self.s3 = _client("dynamodb"), _client("s3")
        self.account = account
        self.clock = account.clock
        for bucket in ("pets-bucket", "seed-bucket"):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.s3.put_object(Bucket="seed-bucket", Key="seed/items.csv", Body=SEED)
        self._create_table()
        schema_arn = account.add(SCHEMA, "items", name="items", schema=schema("Items", *fields))
        members = {"datasetGroupArn": account.group_arn, "datasetType": "ITEMS", "schemaArn": schema_arn}
        self.dataset_arn = account.add(DATASET, "test/ITEMS", name="items", **members)

    def _create_table(self) -> None:
        keys = ("pk", "sk", "availableShelter", "listedAt")
        self.dynamodb.create_table(
            TableName="pets",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": AVAILABLE_INDEX,
                    "KeySchema": [
                        {"AttributeName": "availableShelter", "KeyType": "HASH"},
                        {"AttributeName": "listedAt", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )

    def handler(self) -> Any:
        """A new process of the function."""
        settings = Settings(
            "pets", "pets-bucket", self.dataset_arn, "seed-bucket", "seed/items.csv", DEFAULT_AGE_LIMITS
        )
        events = self.account.client("personalize-events")
        clients = Clients(self.dynamodb, self.s3, self.account.client(), events)
        return make_handler(settings, clients, now=self.clock, sleep=self.clock.sleep, clock=self.clock)

    def write(self, *pets: Pet, changed: bool = True) -> None:
        """Write pets as put_pets does."""
        for one in pets:
            self.dynamodb.put_item(TableName="pets", Item=pet_item(one))
        if changed:
            self.dynamodb.update_item(
                TableName="pets",
                Key=CATALOGUE_KEY,
                UpdateExpression="SET changedAt = :now",
                ExpressionAttributeValues={":now": {"S": format_time(self.clock())}},
            )

    def snapshot(self) -> Snapshot:
        return Snapshot(self.s3.get_object(Bucket="pets-bucket", Key=SNAPSHOT_KEY)["Body"].read())

    def published_ids(self) -> list[str]:
        snapshot = self.snapshot()
        return sorted(snapshot.pet_id(number) for number in range(len(snapshot)))

    def state(self) -> dict[str, Any]:
        return self.dynamodb.get_item(TableName="pets", Key=CATALOGUE_KEY).get("Item", {})

    def groups(self) -> dict[str, dict[str, Any]]:
        values = {":pk": {"S": GROUPS}}
        page = self.dynamodb.query(
            TableName="pets", KeyConditionExpression="pk = :pk", ExpressionAttributeValues=values
        )
        return {item["sk"]["S"]: item for item in page["Items"]}

    def items(self) -> dict[str, dict[str, Any]]:
        """The items that Personalize has."""
        return self.account.app.service().data(self.account.group_arn).items.snapshot()

    def calls(self) -> list[list[str]]:
        """The item ids of each PutItems."""
        return [
            [item["itemId"] for item in request["items"]]
            for operation, request in self.account.calls
            if operation == "PutItems"
        ]

    def sent(self) -> list[dict[str, Any]]:
        """The properties that PutItems was given."""
        return [
            json.loads(item["properties"])
            for operation, request in self.account.calls
            if operation == "PutItems"
            for item in request["items"]
        ]


@pytest.fixture
def make_world(account: PersonalizeAccount) -> Iterator[Any]:
    account.clock.now = NOW
    with mock_aws():
        boto3.DEFAULT_SESSION = SESSION
        yield lambda fields: World(account, fields)


@pytest.fixture
def world(make_world: Any) -> World:
    return make_world([*FIELDS, *PETS_FIELDS])


@pytest.fixture(name="publish")
def _publish(world: World) -> Any:
    return world.handler()
