"""The operations of schemas."""

from typing import Any

from local_aws.personalize.avro_schema import parse_schema
from local_aws.personalize.domains import check_domain_schema
from local_aws.personalize.errors import LimitExceededError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_types import SCHEMA
from local_aws.personalize.service import Service


@operation("CreateSchema")
def create_schema(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateSchema."""
    check_domain_schema(parse_schema(request["schema"]), request.get("domain"))
    if len(service.store.all(SCHEMA)) >= service.settings.quotas.schemas:
        raise LimitExceededError("The limit of schemas is reached.")
    return {"schemaArn": service.create(SCHEMA, request).arn}
