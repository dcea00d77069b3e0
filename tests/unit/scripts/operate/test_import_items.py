"""The items are imported again: what the seed has, and what the catalogue of pets has found since."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from animal_recommender.pets.pet_table import new_group_item
from local_aws.personalize.resource_types import DATASET, SCHEMA
from local_aws.testing.in_process import schema
from local_aws.testing.personalize_account import PersonalizeAccount, personalize_account
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.operate.deployment import Deployment
from scripts.operate.import_items import import_items
from tests.unit.scripts.fakes import FakeAws
from tests.unit.scripts.operate.conftest import publish

FIELDS = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "ANIMAL_PRIMARY_BREED_ID", "type": "string", "categorical": True},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
    {"name": "AVAILABLE_PETS", "type": ["null", "int"]},
]
SEED = b"CREATION_TIMESTAMP,ITEM_ID,ANIMAL_PRIMARY_BREED_ID\n1600000000,2-Pug-2-1,Pug\n1600000001,2-Beagle-3-2,Beagle\n"
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def account() -> Any:
    with personalize_account() as made:
        yield made


@pytest.fixture
def poll(account: PersonalizeAccount) -> Poll:
    return Poll(sleep=account.clock.sleep, clock=account.clock, say=lambda _: None)


@pytest.fixture
def pets(deployment: Deployment, account: PersonalizeAccount) -> Deployment:
    """The environment with an items dataset, a seed, and a table in which two groups are noted."""
    schema_arn = account.add(SCHEMA, "items", name="items", schema=schema("Items", *FIELDS))
    members = {"datasetGroupArn": account.group_arn, "datasetType": "ITEMS", "schemaArn": schema_arn}
    account.add(DATASET, "test/ITEMS", name="items", **members)
    account.s3.files["seed-bucket", "seed/items.csv"] = SEED
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName="pets",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    for group, sent in (("2-Pug-2-1", {"AVAILABLE_PETS": {"N": "3"}}), ("3-Lop-1-1", {})):
        dynamodb.put_item(TableName="pets", Item={**new_group_item(group, 1_700_000_000), "sent": {"M": sent}})
    publish({"dataset-group-arn": account.group_arn, "seed-bucket": "seed-bucket", "pets-table": "pets"})
    publish({"personalize-role-arn": "arn:aws:iam::123456789012:role/personalize"})
    clients = {"ssm": boto3.client("ssm"), "dynamodb": dynamodb, "s3": account.s3, "personalize": account.client()}
    return Deployment("test", FakeAws(clients))  # type: ignore[arg-type]


def items(account: PersonalizeAccount) -> dict[str, Any]:
    return account.app.service().data(account.group_arn).items.snapshot()


def test_given_a_seed_and_groups_of_the_catalogue_then_all_are_imported_with_their_pets(
    pets: Deployment, account: PersonalizeAccount, poll: Poll
) -> None:
    assert import_items(pets, NOW, poll) == 3

    assert items(account) == {
        "2-Pug-2-1": {"ANIMAL_PRIMARY_BREED_ID": "Pug", "CREATION_TIMESTAMP": 1_600_000_000, "AVAILABLE_PETS": 3},
        "2-Beagle-3-2": {
            "ANIMAL_PRIMARY_BREED_ID": "Beagle",
            "CREATION_TIMESTAMP": 1_600_000_001,
            "AVAILABLE_PETS": None,
        },
        "3-Lop-1-1": {"ANIMAL_PRIMARY_BREED_ID": "Lop", "CREATION_TIMESTAMP": 1_700_000_000, "AVAILABLE_PETS": None},
    }


def test_given_a_row_that_was_removed_from_the_seed_then_it_is_gone_and_put_items_stay(
    pets: Deployment, account: PersonalizeAccount, poll: Poll
) -> None:
    import_items(pets, NOW, poll)
    put = {"itemId": "9-Fox-1-1", "properties": json.dumps({"animalPrimaryBreedId": "Fox", "creationTimestamp": 5})}
    account.client("personalize-events").put_items(
        datasetArn=pets.name("dataset-group-arn").replace("-group", "") + "/ITEMS", items=[put]
    )
    account.s3.files["seed-bucket", "seed/items.csv"] = SEED.replace(b"1600000001,2-Beagle-3-2,Beagle\n", b"")

    import_items(pets, NOW.replace(hour=1), poll)

    assert set(items(account)) == {"2-Pug-2-1", "3-Lop-1-1", "9-Fox-1-1"}


def test_given_a_file_that_personalize_refuses_then_the_reason_is_told(
    pets: Deployment, account: PersonalizeAccount, poll: Poll
) -> None:
    account.s3.files["seed-bucket", "seed/items.csv"] = SEED.replace(b"1600000000", b"soon")

    with pytest.raises(TaskError, match="CREATE FAILED"):
        import_items(pets, NOW, poll)
