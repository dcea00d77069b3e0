"""The operations of dataset groups."""

from typing import Any

from local_aws.personalize.errors import InvalidInputError, LimitExceededError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_types import DATASET_GROUP
from local_aws.personalize.service import Service


@operation("CreateDatasetGroup")
def create_dataset_group(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateDatasetGroup. With a domain, the group can have recommenders besides solutions."""
    if request.get("roleArn") and not request.get("kmsKeyArn"):
        raise InvalidInputError("An IAM role is only valid together with a KMS key.")
    if len(service.store.all(DATASET_GROUP)) >= service.settings.quotas.dataset_groups:
        raise LimitExceededError("The limit of dataset groups is reached.")
    if not request.get("roleArn"):
        return {"datasetGroupArn": service.create(DATASET_GROUP, request).arn}
    # https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
    actions = ("kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants")
    group = service.create(DATASET_GROUP, request, work=lambda group: service.use_key(group.arn, *actions))
    return {"datasetGroupArn": group.arn}
