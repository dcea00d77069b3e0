"""Probes of the corrections of DynamoDB."""

import time
from typing import Any

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, probe


@probe("dynamodb.read_one_partition")
def query_does_not_slow_down() -> None:
    from moto.dynamodb.models import dynamodb_backends
    from moto.dynamodb.models.dynamo_type import DynamoType

    dynamodb, keys = client("dynamodb"), (("p", "HASH"), ("s", "RANGE"))
    dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="t", Item={"p": {"S": "a"}, "s": {"S": "b"}})
    table = dynamodb_backends[ACCOUNT][REGION].tables["t"]
    ((key, partition),) = table.items.items()

    def seconds() -> float:
        began = time.perf_counter()
        items, _, _ = table.query(key, None, [], 100, None, True, None)
        assert len(items) == 1
        return time.perf_counter() - began

    alone = min(seconds() for _ in range(5))
    table.items.update({DynamoType({"S": str(number)}): partition for number in range(5_000)})
    among = min(seconds() for _ in range(5))
    assert among < alone * 10, f"{alone:.5f} s alone, {among:.5f} s among 5,000 partitions"


@probe("dynamodb.scan_on_from_the_last_page")
def page_of_a_scan_does_not_read_the_pages_before() -> None:
    from unittest import mock

    from moto.dynamodb.models.table import Table

    _create_table()
    _put_items([{"pk": {"S": str(n // 7)}, "sk": {"S": str(n)}} for n in range(100)])
    with mock.patch.object(Table, "_item_comes_before_dct", side_effect=AssertionError("an earlier item is read")):
        pages = client("dynamodb").get_paginator("scan").paginate(TableName="t", PaginationConfig={"PageSize": 9})
        found = [item["sk"]["S"] for page in pages for item in page["Items"]]
    assert sorted(found) == sorted(map(str, range(100)))


@probe("dynamodb.pack_items")
def stored_item_takes_little_memory() -> None:
    import tracemalloc

    _create_table()
    items = [{"pk": {"S": "p"}, "sk": {"S": str(n)}, "m": {"M": {"k": {"L": [{"N": "1"}] * 20}}}} for n in range(200)]
    _put_items(items[:100])
    tracemalloc.start()
    _put_items(items[100:])
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / 100 < 1_500


@probe("dynamodb.copy_what_an_index_holds")
def index_takes_attributes_as_they_are() -> None:
    from unittest import mock

    from moto.dynamodb.models.dynamo_type import Item

    _create_table(index={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["n", "nested"]})
    indexed: dict[str, Any] = {"n": {"N": "1"}, "nested": {"M": {"l": {"L": [{"B": b"b"}]}}}}
    keys: dict[str, Any] = {"pk": {"S": "p"}, "sk": {"S": "1"}}
    _put_items([{**keys, **indexed, "other": {"S": "o"}}])
    with mock.patch.object(Item, "to_regular_json", side_effect=AssertionError("the whole item is written as JSON")):
        (found,) = client("dynamodb").scan(TableName="t", IndexName="index")["Items"]
    assert found == {**keys, **indexed}


@probe("dynamodb.serialize_the_type_that_an_attribute_has")
def attribute_is_not_searched_for_every_type() -> None:
    from unittest import mock

    from moto.core.serialize import XFormedAttributePicker

    _create_table()
    lists: list[dict[str, Any]] = [{"M": {"k": {"NS": ["1"]}}}, {"NULL": True}, {"BOOL": False}, {"B": b"b"}]
    empty: dict[str, Any] = {"l": {"L": []}, "m": {"M": {}}, "s": {"S": ""}, "b": {"B": b""}}
    item: dict[str, Any] = {"pk": {"S": "p"}, "sk": {"S": "1"}, "all": {"L": lists}, "bs": {"BS": [b"1"]}, **empty}
    _put_items([item])
    asked = XFormedAttributePicker.__call__
    with mock.patch.object(XFormedAttributePicker, "__call__", autospec=True, side_effect=asked) as picked:
        (found,) = client("dynamodb").scan(TableName="t")["Items"]
    assert found == item
    assert picked.call_count < 10


@probe("dynamodb.forget_empty_partitions")
def partition_without_items_is_not_kept() -> None:
    from moto.dynamodb.models import dynamodb_backends

    _create_table()
    dynamodb, table = client("dynamodb"), dynamodb_backends[ACCOUNT][REGION].get_table("t")
    dynamodb.get_item(TableName="t", Key={"pk": {"S": "unknown"}, "sk": {"S": "1"}})
    _put_items([{"pk": {"S": "p"}, "sk": {"S": "1"}}])
    dynamodb.delete_item(TableName="t", Key={"pk": {"S": "p"}, "sk": {"S": "1"}})
    assert not table.items


def _create_table(index: dict[str, Any] | None = None) -> None:
    """Create a table; `index` is the projection of an index of the same keys in reverse."""
    keys = {"pk": "HASH", "sk": "RANGE"}
    reverse = [{"AttributeName": "sk", "KeyType": "HASH"}, {"AttributeName": "pk", "KeyType": "RANGE"}]
    indexes = [{"IndexName": "index", "KeySchema": reverse, "Projection": index}] if index else []
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )


def _put_items(items: list[dict[str, Any]]) -> None:
    from moto.dynamodb.models import dynamodb_backends

    for item in items:
        dynamodb_backends[ACCOUNT][REGION].put_item("t", item)
