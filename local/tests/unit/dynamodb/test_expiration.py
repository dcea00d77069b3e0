"""Which items of DynamoDB are deleted when their time to live ends."""

from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend

from local_aws import registry
from local_aws.dynamodb.expiration import remove_expired

NOW = 1_800_000_000.0
YEAR = 365 * 86_400


@pytest.fixture
def backend() -> DynamoDBBackend:
    registry.correct_moto_for("dynamodb")
    return DynamoDBBackend("us-east-1", "123456789012")


@pytest.fixture(params=[True, False])
def table(backend: DynamoDBBackend, request: pytest.FixtureRequest) -> Any:
    keys = {"pk": "HASH", **({"sk": "RANGE"} if request.param else {})}
    return backend.create_table(
        "t",
        schema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        attr=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        throughput=None,
        indexes=[],
        global_indexes=[],
        streams=None,
        billing_mode="PAY_PER_REQUEST",
        sse_specification=None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )


def put(backend: DynamoDBBackend, name: str, **attributes: dict[str, str]) -> None:
    backend.put_item("t", {"pk": {"S": name}, "sk": {"S": "1"}, **attributes})


def names(table: Any) -> set[str]:
    return {item.attrs["pk"].value for item in table.all_items()}


def test_given_items_then_only_those_expired_for_less_than_five_years_are_deleted(
    backend: DynamoDBBackend, table: Any
) -> None:
    backend.update_time_to_live("t", {"Enabled": True, "AttributeName": "expiresAt"})
    put(backend, "expired", expiresAt={"N": str(int(NOW - 1))})
    put(backend, "later", expiresAt={"N": str(int(NOW + 1))})
    put(backend, "long ago", expiresAt={"N": str(int(NOW - 6 * YEAR))})
    put(backend, "no number", expiresAt={"S": "1"})
    put(backend, "no time")
    assert remove_expired(table, NOW) == 1
    assert names(table) == {"later", "long ago", "no number", "no time"}
    assert remove_expired(table, NOW + 1) == 0
    assert remove_expired(table, NOW + 2) == 1


def test_given_a_table_without_a_time_to_live_then_nothing_is_deleted(backend: DynamoDBBackend, table: Any) -> None:
    put(backend, "expired", expiresAt={"N": "1"})
    assert remove_expired(table, 2.0) == 0
    backend.update_time_to_live("t", {"Enabled": True, "AttributeName": "expiresAt"})
    backend.update_time_to_live("t", {"Enabled": False, "AttributeName": "expiresAt"})
    assert remove_expired(table, 2.0) == 0
    assert names(table) == {"expired"}
