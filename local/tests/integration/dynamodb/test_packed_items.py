"""DynamoDB items are stored as bytes; every operation finds them as they were written."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from local_aws.testing.server import LocalAws, unique_name

ATTRIBUTES: dict[str, Any] = {
    "word": {"S": "é 日本"},
    "amount": {"N": "3.10"},
    "bytes": {"B": b"\x00\xff"},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "words": {"SS": ["a", "b"]},
    "amounts": {"NS": ["1", "2"]},
    "blobs": {"BS": [b"\x00", b"\x01"]},
    "list": {"L": [{"S": "a"}, {"M": {"n": {"N": "1"}}}, {"L": []}]},
    "map": {"M": {"inner": {"M": {"deep": {"B": b"x"}}}, "empty": {"M": {}}}},
    "same_as_the_partition": {"S": "p"},
}


@pytest.fixture
def table(aws: LocalAws) -> str:
    name = unique_name("table")
    kinds = {"pk": "HASH", "sk": "RANGE"}
    index = [{"AttributeName": "word", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["amount"]}
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in kinds.items()],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "word")],
        GlobalSecondaryIndexes=[{"IndexName": "by-word", "KeySchema": index, "Projection": projection}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def key(sort: str = "1", partition: str = "p") -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def test_given_every_type_then_it_is_read_as_it_was_written(aws: LocalAws, table: str) -> None:
    dynamodb = aws.client("dynamodb")
    item = {**key(), **ATTRIBUTES}
    dynamodb.put_item(TableName=table, Item=item)
    assert dynamodb.get_item(TableName=table, Key=key())["Item"] == item
    where = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
    assert dynamodb.query(TableName=table, **where)["Items"] == [item]
    assert dynamodb.scan(TableName=table)["Items"] == [item]


@pytest.mark.parametrize("size", [0, 1, 40_000, 390_000])
def test_given_items_of_one_shape_then_each_is_read_with_its_own_values(aws: LocalAws, table: str, size: int) -> None:
    dynamodb, random = aws.client("dynamodb"), Random(size)
    items = [
        {**key(str(number)), "blob": {"B": random.randbytes(size)}, "n": {"N": str(number)}} for number in range(3)
    ]
    for item in items:
        dynamodb.put_item(TableName=table, Item=item)
    assert [dynamodb.get_item(TableName=table, Key=key(str(number)))["Item"] for number in range(3)] == items


def test_given_updates_then_each_changes_what_is_stored(aws: LocalAws, table: str) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.put_item(TableName=table, Item={**key(), **ATTRIBUTES})
    before = dynamodb.update_item(
        TableName=table,
        Key=key(),
        UpdateExpression="SET #m.#i.deep = :new, amount = amount + :one REMOVE #l[0] "
        "ADD words :more DELETE amounts :less",
        ExpressionAttributeNames={"#m": "map", "#i": "inner", "#l": "list"},
        ExpressionAttributeValues={
            **{":new": {"S": "new"}, ":one": {"N": "1"}, ":more": {"SS": ["c"]}, ":less": {"NS": ["1"]}}
        },
        ReturnValues="ALL_OLD",
    )["Attributes"]
    assert before == {**key(), **ATTRIBUTES}
    after = dynamodb.get_item(TableName=table, Key=key())["Item"]
    assert after["map"]["M"]["inner"] == {"M": {"deep": {"S": "new"}}}
    assert (after["amount"], after["list"]["L"][0]) == ({"N": "4.10"}, {"M": {"n": {"N": "1"}}})
    assert (sorted(after["words"]["SS"]), after["amounts"]) == (["a", "b", "c"], {"NS": ["2"]})


def test_given_a_failed_condition_then_nothing_changes(aws: LocalAws, table: str) -> None:
    dynamodb = aws.client("dynamodb")
    item = {**key(), "amount": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item=item)
    values = {":n": {"N": "2"}}
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.update_item(
            TableName=table,
            Key=key(),
            UpdateExpression="SET amount = :n",
            ConditionExpression="amount = :n",
            ExpressionAttributeValues=values,
        )
    assert dynamodb.get_item(TableName=table, Key=key())["Item"] == item


def test_given_an_index_then_it_returns_its_projection(aws: LocalAws, table: str) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.put_item(TableName=table, Item={**key(), **ATTRIBUTES})
    where = {"KeyConditionExpression": "word = :w", "ExpressionAttributeValues": {":w": ATTRIBUTES["word"]}}
    (found,) = dynamodb.query(TableName=table, IndexName="by-word", **where)["Items"]
    assert found == {**key(), "word": ATTRIBUTES["word"], "amount": {"N": "3.10"}}
    assert "map" in dynamodb.get_item(TableName=table, Key=key())["Item"]


def test_given_a_transaction_that_fails_then_every_table_is_as_before(aws: LocalAws, table: str) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.put_item(TableName=table, Item={**key(), "amount": {"N": "1"}})
    put = {"TableName": table, "Item": {**key("2"), "amount": {"N": "1"}}}
    update = {"TableName": table, "Key": key(), "UpdateExpression": "SET amount = :n"}
    values = {"ExpressionAttributeValues": {":n": {"N": "9"}}}
    check = {"TableName": table, "Key": key("3"), "ConditionExpression": "attribute_exists(pk)"}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(
            TransactItems=[{"Put": put}, {"Update": {**update, **values}}, {"ConditionCheck": check}]
        )
    assert dynamodb.scan(TableName=table)["Items"] == [{**key(), "amount": {"N": "1"}}]


def test_given_updates_at_the_same_time_then_none_is_lost(aws: LocalAws, table: str) -> None:
    dynamodb = aws.client("dynamodb")
    expression = {"UpdateExpression": "ADD amount :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda _: dynamodb.update_item(TableName=table, Key=key(), **expression), range(200)))
    assert dynamodb.get_item(TableName=table, Key=key())["Item"]["amount"] == {"N": "200"}


def test_given_puts_and_deletes_in_one_partition_at_the_same_time_then_no_item_is_lost(
    aws: LocalAws, table: str
) -> None:
    dynamodb = aws.client("dynamodb")

    def put_and_delete(number: int) -> None:
        dynamodb.put_item(TableName=table, Item=key(str(number)))
        if number % 4:
            dynamodb.delete_item(TableName=table, Key=key(str(number)))

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(put_and_delete, range(200)))
    left = {int(item["sk"]["S"]) for item in dynamodb.scan(TableName=table)["Items"]}
    assert left == set(range(0, 200, 4))
