"""Probes of the corrections of DynamoDB."""

import time

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
