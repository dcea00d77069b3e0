"""Schemas."""

from typing import Any

from local.personalize.avro import parse_schema
from local.personalize.errors import LimitExceededError
from local.personalize.kinds import SCHEMA
from local.personalize.registry import operation
from local.personalize.service import Service


@operation("CreateSchema")
def create_schema(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """CreateSchema."""
    parse_schema(request["schema"])
    if len(service.store.all(SCHEMA)) >= service.settings.quotas.schemas:
        raise LimitExceededError("The limit of schemas is reached.")
    return {"schemaArn": service.create(SCHEMA, request).arn}
