"""The OpenAPI description of the HTTP API: its operations, their examples, and a check of documents against it."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator

from scripts.common.environments import ROOT

DESCRIPTION = yaml.safe_load((ROOT / "modules" / "http_api" / "openapi.yaml").read_text())
OPERATIONS = {
    operation["operationId"]: (path, operation)
    for path, item in DESCRIPTION["paths"].items()
    for operation in item.values()
}
METHODS = {
    operation["operationId"]: method.upper()
    for item in DESCRIPTION["paths"].values()
    for method, operation in item.items()
}


def functions_for(tag: str) -> list[str]:
    """Return the functions with a route in the API for `server` or `browser`."""
    return [function for function, (_, operation) in OPERATIONS.items() if tag in operation["tags"]]


def success_status(function: str) -> int:
    """Return the status of the answer to a right request."""
    return next(int(status) for status in OPERATIONS[function][1]["responses"] if status.startswith("2"))


def request_schema(function: str) -> dict[str, Any]:
    """Return the schema of a function's requests."""
    return OPERATIONS[function][1]["requestBody"]["content"]["application/json"]["schema"]


def response_schema(function: str, status: int) -> dict[str, Any]:
    """Return the schema of a function's answers with a status."""
    response = OPERATIONS[function][1]["responses"][str(status)]
    if "$ref" in response:
        response = DESCRIPTION["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return response["content"]["application/json"]["schema"]


def faults(value: object, schema: dict[str, Any]) -> list[str]:
    """Return how a value violates a schema of the description; empty if it does not."""
    validator = OAS31Validator({**schema, "components": DESCRIPTION["components"]})
    return [error.message for error in validator.iter_errors(value)]


def examples(tag: str = "server") -> Iterator[Any]:
    """Yield every example of a request to one of the APIs: function and payload."""
    for function in functions_for(tag):
        operation = OPERATIONS[function][1]
        for name, example in operation["requestBody"]["content"]["application/json"]["examples"].items():
            yield pytest.param(function, example["value"], id=f"{function}-{name}")
