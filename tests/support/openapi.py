"""The OpenAPI description of the HTTP API: its operations, their examples, and a check of documents against it."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator

from scripts.common.environments import ROOT

DESCRIPTION = yaml.safe_load((ROOT / "modules" / "http_api" / "openapi.yaml").read_text())
OPERATIONS = {item["post"]["operationId"]: (path, item["post"]) for path, item in DESCRIPTION["paths"].items()}


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


def examples() -> Iterator[Any]:
    """Yield every example of a request: function and payload."""
    for function, (_, operation) in OPERATIONS.items():
        for name, example in operation["requestBody"]["content"]["application/json"]["examples"].items():
            yield pytest.param(function, example["value"], id=f"{function}-{name}")
