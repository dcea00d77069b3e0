"""The operations of filters."""

from typing import Any

from local_aws.personalize.errors import LimitExceededError
from local_aws.personalize.filters import check_filter, fields_of, parse_filter
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_types import DATASET_GROUP, FILTER
from local_aws.personalize.service import Service


@operation("CreateFilter")
def create_filter(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateFilter. The expression is checked against the schemas of the group."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    parsed = parse_filter(request["filterExpression"])
    check_filter(parsed, lambda dataset_type: service.schema_of(group.arn, dataset_type))
    resources = service.store.all(FILTER, datasetGroupArn=group.arn)
    existing = [parse_filter(resource["filterExpression"]) for resource in resources]
    quotas = service.settings.quotas
    if len(existing) >= quotas.filters_per_group:
        raise LimitExceededError(f"The limit of filters of the dataset group {group.arn} is reached.")
    if len(set().union(*map(fields_of, [parsed, *existing]))) > quotas.filter_fields_per_group:
        raise LimitExceededError(f"The limit of fields in filters of the dataset group {group.arn} is reached.")
    return {"filterArn": service.create(FILTER, request).arn}
