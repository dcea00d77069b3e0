"""Stand-ins for the services: they keep the real ones' rules, record calls, and fail on demand."""

import base64
import io
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

_session = botocore.session.get_session()


def error(code: str, status: int = 400, message: str = "no") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, "x"
    )


THROTTLED = error("ThrottlingException", 429)


def validate(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Check parameters as botocore does, and lengths as the service does."""
    shape = _session.get_service_model(service).operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()


class FakeContext:
    function_name = "test"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:test"
    aws_request_id = "request-1"

    def __init__(self, remaining_ms: int = 30_000) -> None:
        self.remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


class FakePersonalize:
    """PutEvents, GetRecommendations and GetPersonalizedRanking. `faults` are raised first, one for each call."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.events: dict[str, dict[str, Any]] = {}
        self.faults: list[Exception] = []
        self.refused_items: set[str] = set()
        self.broken_users: set[str | None] = set()
        self.answer: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def put_events(self, **parameters: Any) -> dict[str, Any]:
        validate("personalize-events", "PutEvents", parameters)
        with self._lock:
            self._call(parameters)
            if parameters.get("userId") in self.broken_users:
                raise THROTTLED
            events = parameters["eventList"]
            if not 1 <= len(events) <= 10 or any(event["itemId"] in self.refused_items for event in events):
                raise error("InvalidInputException")
            for event in events:
                assert len(event["eventId"]) <= 256
                assert len(event.get("recommendationId", "")) <= 40
                self.events.setdefault(event["eventId"], {**event, "user": parameters.get("userId")})
        return {}

    def get_recommendations(self, **parameters: Any) -> dict[str, Any]:
        validate("personalize-runtime", "GetRecommendations", parameters)
        self._call(parameters)
        items = [{"itemId": f"1-breed-{n % 5 + 1}-1", "score": 1 / (n + 1)} for n in range(parameters["numResults"])]
        return {"itemList": items, "recommendationId": "rid-1", "ResponseMetadata": {"HTTPStatusCode": 200}}

    def get_personalized_ranking(self, **parameters: Any) -> dict[str, Any]:
        validate("personalize-runtime", "GetPersonalizedRanking", parameters)
        self._call(parameters)
        assert 1 <= len(parameters["inputList"]) <= 500
        assert len(set(parameters["inputList"])) == len(parameters["inputList"])
        ranking = self.answer or [{"itemId": item, "score": 0.5} for item in sorted(parameters["inputList"])]
        return {"personalizedRanking": ranking, "recommendationId": "rid-2", "ResponseMetadata": {"RequestId": "1"}}

    def _call(self, parameters: dict[str, Any]) -> None:
        self.calls.append(parameters)
        if self.faults:
            raise self.faults.pop(0)


class FakeSqs:
    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.faults: list[Exception] = []
        self.refuse_next = 0

    @property
    def letters(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    def send_message_batch(self, **parameters: Any) -> dict[str, Any]:
        validate("sqs", "SendMessageBatch", parameters)
        if self.faults:
            raise self.faults.pop(0)
        entries = parameters["Entries"]
        assert 1 <= len(entries) <= 10
        assert sum(len(entry["MessageBody"]) for entry in entries) <= 262_144
        failed = entries[: self.refuse_next]
        self.refuse_next = 0
        self.bodies.extend(entry["MessageBody"] for entry in entries[len(failed) :])
        return {"Failed": [{"Id": entry["Id"], "SenderFault": False, "Code": "x"} for entry in failed]}


class FakeS3:
    def __init__(self) -> None:
        self.body = b""
        self.reads = 0
        self.faults: list[Exception] = []

    def get_object(self, **parameters: Any) -> dict[str, Any]:
        validate("s3", "GetObject", parameters)
        self.reads += 1
        if self.faults:
            raise self.faults.pop(0)
        return {"Body": io.BytesIO(self.body)}


class FakeDynamoDB:
    """One table: BatchWriteItem and Query with the conditions that the code uses, and the service's limits."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls = 0
        self.faults: list[Exception] = []
        self.unprocessed = 0
        self.page = 1000
        self._lock = threading.Lock()

    def events_of(self, pk: str) -> list[dict[str, Any]]:
        return [item for (owner, sk), item in sorted(self.items.items()) if owner == pk and sk[0].isdigit()]

    def batch_write_item(self, **parameters: Any) -> dict[str, Any]:
        validate("dynamodb", "BatchWriteItem", parameters)
        with self._lock:
            self._call()
            ((table, requests),) = parameters["RequestItems"].items()
            keys = [_key(next(iter(next(iter(request.values())).values()))) for request in requests]
            if not 1 <= len(requests) <= 25 or len(set(keys)) != len(keys):
                raise error("ValidationException")
            left, self.unprocessed = requests[: self.unprocessed], 0
            for request, key in list(zip(requests, keys, strict=True))[len(left) :]:
                self._apply(request, key)
        return {"UnprocessedItems": {table: left} if left else {}}

    def _apply(self, request: dict[str, Any], key: tuple[str, str]) -> None:
        assert len(key[0].encode()) <= 2048
        assert len(key[1].encode()) <= 1024
        if "PutRequest" in request:
            self.items[key] = request["PutRequest"]["Item"]
        else:
            self.items.pop(key, None)

    def query(self, **parameters: Any) -> dict[str, Any]:
        validate("dynamodb", "Query", parameters)
        with self._lock:
            self._call()
            values = {
                name: next(iter(value.values())) for name, value in parameters["ExpressionAttributeValues"].items()
            }
            keys = sorted(
                key for key in self.items if key[0] == values[":pk"] and values[":first"] <= key[1] <= values[":last"]
            )
        if not parameters.get("ScanIndexForward", True):
            keys.reverse()
        if start := parameters.get("ExclusiveStartKey"):
            keys = [key for key in keys if _behind(key, _key(start), parameters.get("ScanIndexForward", True))]
        size = min(parameters.get("Limit", self.page), self.page)
        read = [self.items[key] for key in keys[:size]]
        items = [item for item in read if _passes(item, values)] if "FilterExpression" in parameters else read
        more = {"LastEvaluatedKey": {"pk": read[-1]["pk"], "sk": read[-1]["sk"]}} if read and len(keys) >= size else {}
        return {"Items": items, **more}

    def _call(self) -> None:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _behind(key: tuple[str, str], start: tuple[str, str], forward: bool) -> bool:
    return key > start if forward else key < start


def _passes(item: dict[str, Any], values: dict[str, Any]) -> bool:
    alive = int(item["expiresAt"]["N"]) > int(values[":now"])
    return alive and item["eventType"]["S"] == values.get(":type", item["eventType"]["S"])


METADATA = {
    "animal_species_id": "1",
    "animal_primary_breed_id": "Russian_Blue",
    "animal_size_id": "1",
    "animal_age_id": "2",
}
NOW = float(int(time.time()))


def event(**changes: Any) -> dict[str, Any]:
    whole = {"userId": "12345", "sessionId": "s-1", "eventType": "DetailView", "animalMetadata": METADATA, **changes}
    return {name: value for name, value in whole.items() if value is not ...}


def kinesis(*datas: Any, start: int = 1, arrival: float = NOW) -> dict[str, Any]:
    """A batch of an event source mapping; data that is not bytes is written as JSON."""
    return {"Records": [_record(data, start + index, arrival) for index, data in enumerate(datas)]}


def _record(data: Any, number: int, arrival: float) -> dict[str, Any]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    sequence = sequence_number(number)
    return {
        "kinesis": {
            "data": base64.b64encode(raw).decode(),
            "sequenceNumber": sequence,
            "partitionKey": "p",
            "approximateArrivalTimestamp": arrival,
        },
        "eventID": f"shardId-000000000000:{sequence}",
        "eventSourceARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/events",
    }


def sequence_number(number: int) -> str:
    return f"{49590338271490256608559692538361571095921575989136588898 + number}"


def deliver_until_done(handler: Any, batch: dict[str, Any], context: Any, tries: int = 20) -> Iterator[dict[str, Any]]:
    """Repeat a batch as Lambda does: from the reported record on, until nothing is reported."""
    records = batch["Records"]
    for _ in range(tries):
        answer = handler({"Records": records}, context)
        yield answer
        failures = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        if not failures:
            return
        numbers = [record["kinesis"]["sequenceNumber"] for record in records]
        records = records[min(numbers.index(failure) for failure in failures) :]
    raise AssertionError("the batch was never done")
