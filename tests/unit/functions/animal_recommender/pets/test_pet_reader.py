"""Reads of pets on moto's DynamoDB, which knows the rules of projections."""

from typing import Any

import boto3
import pytest
from moto import mock_aws

from animal_recommender.pets.pet_reader import PetReader
from animal_recommender.pets.pet_table import pet_item
from tests.unit.functions.animal_recommender.pets.test_pet_table import PET

SESSION = boto3.Session("test", "test", region_name="eu-west-1")


@pytest.fixture
def dynamodb() -> Any:
    with mock_aws():
        client = SESSION.client("dynamodb")
        client.create_table(
            TableName="pets",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        )
        yield client


def test_given_pets_when_read_then_they_have_all_but_the_fields_of_the_site(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="pets", Item=pet_item(PET))
    dynamodb.put_item(TableName="pets", Item=pet_item(PET._replace(pet_id="gone", status="adopted", birth_date=None)))

    found = PetReader(dynamodb, "pets").read(["A-17", "gone", "nobody", "A-17"])

    assert set(found) == {"A-17", "gone"}
    assert found["A-17"] == PET._replace(fields={}, updated_at="")
    assert (found["A-17"].is_available, found["gone"].is_available) == (True, False)


def test_given_more_than_a_hundred_ids_when_read_then_all_are_found(dynamodb: Any) -> None:
    for number in range(150):
        dynamodb.put_item(TableName="pets", Item=pet_item(PET._replace(pet_id=str(number))))

    assert len(PetReader(dynamodb, "pets").read(map(str, range(200)))) == 150
