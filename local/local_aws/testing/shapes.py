"""Whether a raw answer keeps the service model: types, required members, patterns, enums, and no unknown member."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.model import OperationModel, Shape

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.validation import validate

COMMON_ERRORS = {"ThrottlingException", "InternalFailure", "SerializationException", "NotImplementedException"}


class ResponseValidator:
    """Hangs on to boto3 clients and checks each answer as it comes over the wire."""

    def __init__(self) -> None:
        self.answered: set[str] = set()
        self.refused: set[tuple[str, str]] = set()

    def watch(self, client: Any) -> Any:
        client.meta.events.register("response-received", self._check_answer(client))
        return client

    def _check_answer(self, client: Any) -> Any:
        def check(response_dict: dict[str, Any], operation_name: str = "", **more: Any) -> None:
            operation = client.meta.service_model.operation_model(more["context"]["operation"])
            document = json.loads(response_dict["body"] or b"{}")
            if response_dict["status_code"] < 300:
                self._check_success(operation, document)
            else:
                self._check_error(operation, response_dict, document)

        def remember(params: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: Any) -> None:
            context["operation"] = model.name

        client.meta.events.register("before-call", remember)
        return check

    def _check_success(self, operation: OperationModel, document: dict[str, Any]) -> None:
        self.answered.add(operation.name)
        if operation.output_shape is not None:
            _check_shape(operation, document)
            unknown = list(_unknown(operation.output_shape, document))
            assert not unknown, f"{operation.name} answers members that the model does not have: {unknown}"

    def _check_error(self, operation: OperationModel, response: dict[str, Any], document: dict[str, Any]) -> None:
        code = document["__type"]
        self.refused.add((operation.name, code))
        assert response["headers"]["x-amzn-errortype"] == code
        assert isinstance(document["message"], str)
        assert document["message"]
        if code in COMMON_ERRORS:
            return
        shape = operation.service_model.shape_for(code)
        assert set(document) - {"__type"} <= set(shape.members)
        # A few list calls are modelled without the InvalidInputException that every validation answers.
        assert code == "InvalidInputException" or code in {error.name for error in operation.error_shapes}
        assert response["status_code"] == shape.metadata.get("error", {}).get("httpStatusCode", 400)


def _check_shape(operation: OperationModel, document: dict[str, Any]) -> None:
    # A slip of the real model: in two answers an IAM role's ARN has the pattern of Personalize's own ARNs.
    unwanted = [text for text in _violations(operation, document) if "roleArn' failed to satisfy" not in text]
    assert not unwanted, f"{operation.name}: {unwanted}"


def _violations(operation: OperationModel, document: dict[str, Any]) -> list[str]:
    try:
        validate(operation.output_shape, document)
    except InvalidInputError as wrong:
        return wrong.message.partition("detected: ")[2].split("; ")
    return []


def _unknown(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    if shape.type_name == "structure":
        for name, held in value.items():
            if name not in shape.members:
                yield f"{path}.{name}"
            else:
                yield from _unknown(shape.members[name], held, f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from _unknown(shape.member, item, f"{path}[]")
