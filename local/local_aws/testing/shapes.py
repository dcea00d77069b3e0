"""Check raw responses against the service model: types, required members, patterns, enums, no unknown members."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.validation import validate

COMMON_ERRORS = {"ThrottlingException", "InternalFailure", "SerializationException", "NotImplementedException"}


class ResponseValidator:
    """Checks each response of the boto3 clients that it watches, as it is received.

    `succeeded` are the operations with a successful response, `failed` are pairs of operation and error code.
    """

    def __init__(self) -> None:
        self.succeeded: set[str] = set()
        self.failed: set[tuple[str, str]] = set()

    def watch(self, client: Any) -> Any:
        """Check the responses of a client from now on, and return the client."""
        client.meta.events.register("response-received", self._make_check(client))
        return client

    def _make_check(self, client: Any) -> Any:
        def check(response_dict: dict[str, Any], operation_name: str = "", **event: Any) -> None:
            operation = client.meta.service_model.operation_model(event["context"]["operation"])
            document = json.loads(response_dict["body"] or b"{}")
            if response_dict["status_code"] < 300:
                self._check_success(operation, document)
            else:
                self._check_error(operation, response_dict, document)

        def record_operation(params: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: Any) -> None:
            context["operation"] = model.name

        client.meta.events.register("before-call", record_operation)
        return check

    def _check_success(self, operation: OperationModel, document: dict[str, Any]) -> None:
        self.succeeded.add(operation.name)
        if operation.output_shape is not None:
            _check_shape(operation, operation.output_shape, document)
            unknown = list(_unknown_members(operation.output_shape, document))
            assert not unknown, f"{operation.name} returned members that the model does not have: {unknown}"

    def _check_error(self, operation: OperationModel, response: dict[str, Any], document: dict[str, Any]) -> None:
        code = document["__type"]
        self.failed.add((operation.name, code))
        assert response["headers"]["x-amzn-errortype"] == code
        assert isinstance(document["message"], str)
        assert document["message"]
        if code in COMMON_ERRORS:
            return
        shape = operation.service_model.shape_for(code)
        assert isinstance(shape, StructureShape)
        assert set(document) - {"__type"} <= set(shape.members)
        # The model of a few list operations lacks the InvalidInputException that every validation raises.
        assert code == "InvalidInputException" or code in {error.name for error in operation.error_shapes}
        assert response["status_code"] == shape.metadata.get("error", {}).get("httpStatusCode", 400)


def _check_shape(operation: OperationModel, shape: StructureShape, document: dict[str, Any]) -> None:
    # An error of the real model: in two responses the ARN of an IAM role has the pattern of Personalize's own ARNs.
    violations = [text for text in _violations(shape, document) if "roleArn' failed to satisfy" not in text]
    assert not violations, f"{operation.name}: {violations}"


def _violations(shape: StructureShape, document: dict[str, Any]) -> list[str]:
    try:
        validate(shape, document)
    except InvalidInputError as error:
        return error.message.partition("detected: ")[2].split("; ")
    return []


def _unknown_members(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, member in value.items():
            if name not in shape.members:
                yield f"{path}.{name}"
            else:
                yield from _unknown_members(shape.members[name], member, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from _unknown_members(shape.member, item, f"{path}[]")
