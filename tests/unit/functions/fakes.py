"""Fakes of the AWS services: they keep the rules of the real ones, record calls, and fail on demand."""

import hashlib
import hmac
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
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
                self.events.setdefault(
                    event["eventId"], {**event, "user": parameters.get("userId"), "session": parameters["sessionId"]}
                )
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


class FakeRuntime:
    """A campaign with given responses: user (or item, for similar ones) -> item list, `None` for every other one."""

    def __init__(self, responses: dict[str | None, list[dict[str, Any]]]) -> None:
        self._responses = responses

    def get_recommendations(self, **parameters: Any) -> dict[str, Any]:
        validate("personalize-runtime", "GetRecommendations", parameters)
        asked = parameters.get("itemId") or parameters["userId"]
        return {"itemList": self._responses.get(asked, self._responses[None])}

    def get_personalized_ranking(self, **parameters: Any) -> dict[str, Any]:
        validate("personalize-runtime", "GetPersonalizedRanking", parameters)
        return {"personalizedRanking": self._responses.get(parameters["userId"], self._responses[None])}


class FakeKms:
    """GenerateMac with one key."""

    def __init__(self, secret: bytes = b"secret of the key") -> None:
        self.secret = secret
        self.messages: list[str] = []
        self.faults: list[Exception] = []

    def generate_mac(self, **parameters: Any) -> dict[str, Any]:
        validate("kms", "GenerateMac", parameters)
        if self.faults:
            raise self.faults.pop(0)
        self.messages.append(parameters["Message"].decode())
        return {"Mac": hmac.digest(self.secret, parameters["Message"], hashlib.sha256)}


class FakeKinesis:
    """One stream. `faults` are raised first, one for each call; `refusals` are partition keys that a call refuses."""

    def __init__(self) -> None:
        self.records: list[tuple[str, dict[str, Any]]] = []
        self.calls = 0
        self.faults: list[Exception] = []
        self.refusals: list[set[str]] = []

    def put_records(self, **parameters: Any) -> dict[str, Any]:
        validate("kinesis", "PutRecords", parameters)
        refused = self._call()
        results = []
        for record in parameters["Records"]:
            if record["PartitionKey"] in refused:
                results.append({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "no"})
            else:
                self.records.append((record["PartitionKey"], json.loads(record["Data"])))
                results.append({"SequenceNumber": str(len(self.records)), "ShardId": "shardId-000000000000"})
        return {"FailedRecordCount": sum("ErrorCode" in result for result in results), "Records": results}

    def put_record(self, **parameters: Any) -> dict[str, Any]:
        validate("kinesis", "PutRecord", parameters)
        self._call()
        self.records.append((parameters["PartitionKey"], json.loads(parameters["Data"])))
        return {}

    def _call(self) -> set[str]:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        return self.refusals.pop(0) if self.refusals else set()


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


class FakeLambda:
    """Asynchronous invocations."""

    def __init__(self) -> None:
        self.invoked: list[str] = []
        self.faults: list[Exception] = []

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        validate("lambda", "Invoke", parameters)
        assert parameters["InvocationType"] == "Event"
        if self.faults:
            raise self.faults.pop(0)
        self.invoked.append(parameters["FunctionName"])
        return {"StatusCode": 202}


class FakeS3:
    """Objects by key; `body` is that of every other key."""

    def __init__(self) -> None:
        self.body = b""
        self.objects: dict[str, bytes] = {}
        self.reads = 0
        self.writes = 0
        self.faults: list[Exception] = []

    def get_object(self, **parameters: Any) -> dict[str, Any]:
        validate("s3", "GetObject", parameters)
        self.reads += 1
        if self.faults:
            raise self.faults.pop(0)
        body = self.objects.get(parameters["Key"], self.body)
        etag = hashlib.md5(body).hexdigest()
        if parameters.get("IfNoneMatch") == etag:
            raise error("304", 304)
        return {"Body": io.BytesIO(body), "ETag": etag}

    def put_object(self, **parameters: Any) -> None:
        validate("s3", "PutObject", parameters)
        if self.faults:
            raise self.faults.pop(0)
        self.body = parameters["Body"]
        self.writes += 1


class FakeDynamoDB:
    """One table: the operations with the conditions that the code uses, and the service's limits.

    Its index `available` has the items with `availableShelter`.
    """

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

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        """PutItem; the known conditions are that of a new item, and that of a mark that belongs to one user."""
        validate("dynamodb", "PutItem", parameters)
        with self._lock:
            self._call()
            key = _key(parameters["Item"])
            if condition := parameters.get("ConditionExpression"):
                assert condition in ("attribute_not_exists(pk)", "attribute_not_exists(pk) OR userId = :user")
                user = parameters.get("ExpressionAttributeValues", {}).get(":user")
                if key in self.items and (user is None or self.items[key]["userId"] != user):
                    raise error("ConditionalCheckFailedException")
            self._apply({"PutRequest": {"Item": parameters["Item"]}}, key)
        return {}

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        """UpdateItem of a user's first session, which stays as it is."""
        validate("dynamodb", "UpdateItem", parameters)
        assert parameters["UpdateExpression"].startswith("SET sessionId = if_not_exists(sessionId, :session)")
        values = parameters["ExpressionAttributeValues"]
        with self._lock:
            self._call()
            key = _key(parameters["Key"])
            first = self.items.get(key, {}).get("sessionId", values[":session"])
            kept = {"sessionId": first, "userId": values[":user"], "expiresAt": values[":expires"]}
            self.items[key] = {**parameters["Key"], **kept}
            return {"Attributes": self.items[key]}

    def batch_get_item(self, **parameters: Any) -> dict[str, Any]:
        validate("dynamodb", "BatchGetItem", parameters)
        with self._lock:
            self._call()
            ((table, request),) = parameters["RequestItems"].items()
            keys = [_key(key) for key in request["Keys"]]
            assert 1 <= len(keys) == len(set(keys)) <= 100
            left, self.unprocessed = request["Keys"][: self.unprocessed], 0
            found = [self.items[key] for key in keys[len(left) :] if key in self.items]
        names = request.get("ExpressionAttributeNames", {})
        projection = request.get("ProjectionExpression", "").split(", ")
        wanted = [names.get(name, name) for name in projection] if projection != [""] else None
        items = [{name: item[name] for name in wanted or item if name in item} for item in found]
        return {"Responses": {table: items}, "UnprocessedKeys": {table: {**request, "Keys": left}} if left else {}}

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        validate("dynamodb", "GetItem", parameters)
        with self._lock:
            self._call()
            item = self.items.get(_key(parameters["Key"]))
        return {"Item": item} if item else {}

    def scan(self, **parameters: Any) -> dict[str, Any]:
        """Return pages of the index; the last key is the number of items read, in the form of a key."""
        validate("dynamodb", "Scan", parameters)
        assert parameters["IndexName"] == "available"
        with self._lock:
            self._call()
            items = [item for _, item in sorted(self.items.items()) if "availableShelter" in item]
        start = int(parameters.get("ExclusiveStartKey", {"pk": {"S": "0"}})["pk"]["S"])
        end = start + self.page
        more = {"LastEvaluatedKey": {"pk": {"S": str(end)}}} if end < len(items) else {}
        return {"Items": items[start:end], **more}

    def _query_index(self, parameters: dict[str, Any], shelter: str) -> dict[str, Any]:
        with self._lock:
            self._call()
            return {"Items": [item for item in self.items.values() if item.get("availableShelter") == {"S": shelter}]}

    def query(self, **parameters: Any) -> dict[str, Any]:
        validate("dynamodb", "Query", parameters)
        values = {name: next(iter(value.values())) for name, value in parameters["ExpressionAttributeValues"].items()}
        if "IndexName" in parameters:
            return self._query_index(parameters, values[":shelter"])
        with self._lock:
            self._call()
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


@dataclass
class FakeSsm:
    """One parameter."""

    value: str = "{}"
    writes: int = 0

    def get_parameter(self, **parameters: Any) -> dict[str, Any]:
        validate("ssm", "GetParameter", parameters)
        return {"Parameter": {"Value": self.value}}

    def put_parameter(self, **parameters: Any) -> None:
        validate("ssm", "PutParameter", parameters)
        self.value = parameters["Value"]
        self.writes += 1


@dataclass
class FakeSns:
    """Keeps what was published."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, **parameters: Any) -> None:
        validate("sns", "Publish", parameters)
        self.messages.append(parameters)


class FakePaginator:
    """Returns pages of one item each, and keeps the request."""

    def __init__(self, service: str, operation: str, key: str, items: list[Any]) -> None:
        self._service, self._operation = service, operation
        self._key, self._items = key, items
        self.request: dict[str, Any] = {}

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        validate(self._service, self._operation, parameters)
        self.request = parameters
        return iter([{self._key: [item]} for item in self._items] or [{self._key: []}])


class FakeCloudWatch:
    """GetMetricData with given results."""

    def __init__(self, *results: list[float]) -> None:
        self.get_metric_data = FakePaginator(
            "cloudwatch", "GetMetricData", "MetricDataResults", [{"Values": values} for values in results]
        )

    def get_paginator(self, operation: str) -> FakePaginator:
        assert operation == "get_metric_data"
        return self.get_metric_data


class FakeStepFunctions:
    """ListExecutions with given executions."""

    def __init__(self, *executions: dict[str, Any]) -> None:
        self._list_executions = FakePaginator("stepfunctions", "ListExecutions", "executions", list(executions))

    def get_paginator(self, operation: str) -> FakePaginator:
        assert operation == "list_executions"
        return self._list_executions
