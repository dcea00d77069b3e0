"""Filters."""

from typing import Any

from local_aws.personalize.errors import LimitExceededError
from local_aws.personalize.filters import check_filter, fields_of, parse_filter
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_types import DATASET_GROUP, FILTER
from local_aws.personalize.service import Service


@operation("CreateFilter")
def create_filter(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """CreateFilter; the expression is held to the group's schemas at once."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    parsed = parse_filter(request["filterExpression"])
    check_filter(parsed, lambda kind: service.schema_of(group.arn, kind))
    held = [parse_filter(one["filterExpression"]) for one in service.store.all(FILTER, datasetGroupArn=group.arn)]
    quotas = service.settings.quotas
    if len(held) >= quotas.filters_per_group:
        raise LimitExceededError(f"The limit of filters of the dataset group {group.arn} is reached.")
    if len(set().union(*map(fields_of, [parsed, *held]))) > quotas.filter_fields_per_group:
        raise LimitExceededError(f"The limit of fields in filters of the dataset group {group.arn} is reached.")
    return {"filterArn": service.create(FILTER, request).arn}
