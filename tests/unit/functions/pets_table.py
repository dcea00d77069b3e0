"""A pets table in memory, which evaluates conditions with moto's parser, and what the tests of its writers share."""

import copy
import threading
from collections.abc import Callable, Mapping
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import pet_key, status_history, status_range, to_pet
from tests.unit.functions.fakes import error, validate

ANIMAL = {"id": "1", "species": 2, "breed": "Beagle", "size": 3, "age": 2, "status": "available"}
_PAGE = 50  # items of a page of a scan


class KilledError(BaseException):
    """The process ends here."""


def pet(pet_id: str, **fields: Any) -> dict[str, Any]:
    """Return a pet as requests and feeds describe it."""
    return {**ANIMAL, "id": pet_id, "name": f"Pet {pet_id}", "shelter": "north", **fields}


class FakePetsTable:
    """The operations of DynamoDB that writers of the catalogue use. `before_call` may raise, or do something else."""

    def __init__(self, page: int = _PAGE) -> None:
        self._page = page
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls: list[str] = []
        self.before_call: Callable[[str], None] = lambda operation: None
        self._lock = threading.RLock()

    def pets(self) -> dict[str, Pet]:
        """Return every pet by id."""
        return {one.pet_id: one for one in (to_pet(item) for (_, sk), item in self.items.items() if sk == "pet")}

    def statuses(self) -> dict[str, str]:
        """Return the status of every pet."""
        return {pet_id: one.status for pet_id, one in sorted(self.pets().items())}

    def history(self, pet_id: str) -> list[str]:
        """Return the statuses that a pet had, in their order."""
        pk, prefix = status_range(pet_id)
        kept = [item for (key, sk), item in self.items.items() if key == pk and sk.startswith(prefix)]
        return [status for _, status in status_history(self.items[pk, "pet"], kept)]

    def origin(self, pet_id: str) -> tuple[str | None, ...]:
        """Return source and action of a pet's last change."""
        item = self.find(pet_key(pet_id)) or {}
        return tuple(item.get(name, {}).get("S") for name in ("source", "importAction"))

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        with self._call("GetItem", parameters):
            found = self.find(parameters["Key"])
        return {"Item": copy.deepcopy(found)} if found else {}

    def batch_get_item(self, **parameters: Any) -> dict[str, Any]:
        with self._call("BatchGetItem", parameters):
            ((table, asked),) = parameters["RequestItems"].items()
            assert 1 <= len(asked["Keys"]) <= 100
            found = [self.find(key) for key in asked["Keys"]]
        return {"Responses": {table: [copy.deepcopy(one) for one in found if one]}, "UnprocessedKeys": {}}

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        with self._call("PutItem", parameters):
            self._check(parameters["Item"], parameters)
            key = parameters["Item"]["pk"]["S"], parameters["Item"]["sk"]["S"]
            self.items[key] = copy.deepcopy(parameters["Item"])
        return {}

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        with self._call("UpdateItem", parameters):
            self._check(parameters["Key"], parameters)
            name, _, value = parameters["UpdateExpression"].removeprefix("SET ").split()
            key = parameters["Key"]["pk"]["S"], parameters["Key"]["sk"]["S"]
            new = {name: parameters["ExpressionAttributeValues"][value]}
            self.items[key] = self.items.get(key, parameters["Key"]) | new
        return {}

    def scan(self, **parameters: Any) -> dict[str, Any]:
        with self._call("Scan", parameters):
            assert parameters["ConsistentRead"]
            keys = sorted(self.items)
            last = parameters.get("ExclusiveStartKey")
            after = [key for key in keys if last is None or key > (last["pk"]["S"], last["sk"]["S"])]
            page = [self.items[key] for key in after[: self._page]]  # items are replaced, never changed
        matches = _condition(parameters["FilterExpression"], parameters)
        more = {"LastEvaluatedKey": {name: page[-1][name] for name in ("pk", "sk")}} if len(after) > self._page else {}
        return {"Items": [copy.deepcopy(item) for item in page if matches(item)], **more}

    def _call(self, operation: str, parameters: dict[str, Any]) -> threading.RLock:  # type: ignore[valid-type]
        validate("dynamodb", operation, parameters)
        self.before_call(operation)
        self.calls.append(operation)
        return self._lock

    def find(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return an item."""
        return self.items.get((key["pk"]["S"], key["sk"]["S"]))

    def _check(self, key: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        condition = parameters.get("ConditionExpression")
        if condition and not _condition(condition, parameters)(self.find(key) or {}):
            raise error("ConditionalCheckFailedException")


def _condition(text: str, parameters: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
    if text == "attribute_not_exists(pk)":  # the most frequent one, and moto's parser is slow
        return lambda item: "pk" not in item
    names, values = parameters.get("ExpressionAttributeNames"), parameters.get("ExpressionAttributeValues")
    parsed = get_filter_expression(text, names, values)

    def matches(item: Mapping[str, Any]) -> bool:
        made = Item(None, None, {})  # type: ignore[arg-type]
        dict.update(made.attrs, {name: DynamoType(value) for name, value in item.items()})  # else moto adds up sizes
        return bool(parsed.expr(made))

    return matches


class FakeFunctions:
    """Lambda's Invoke."""

    def __init__(self) -> None:
        self.invoked: list[str] = []
        self.faults: list[Exception] = []

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        validate("lambda", "Invoke", parameters)
        if self.faults:
            raise self.faults.pop(0)
        assert parameters["InvocationType"] == "Event"
        self.invoked.append(parameters["FunctionName"])
        return {"StatusCode": 202}
