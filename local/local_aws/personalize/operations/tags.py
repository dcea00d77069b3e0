"""The operations of tags."""

from typing import Any

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import METRIC_ATTRIBUTION, SCHEMA
from local_aws.personalize.service import Service

_UNTAGGABLE = (SCHEMA, METRIC_ATTRIBUTION)


@operation("TagResource")
def tag_resource(service: Service, request: dict[str, Any]) -> None:
    """Handle TagResource."""
    resource = _find_taggable(service, request["resourceArn"])
    resource.tags = service.merge_tags(resource.tags, request["tags"])


@operation("UntagResource")
def untag_resource(service: Service, request: dict[str, Any]) -> None:
    """Handle UntagResource. A key that the resource does not have is not an error."""
    resource = _find_taggable(service, request["resourceArn"])
    resource.tags = {key: value for key, value in resource.tags.items() if key not in request["tagKeys"]}


@operation("ListTagsForResource")
def list_tags_for_resource(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle ListTagsForResource."""
    resource = _find_taggable(service, request["resourceArn"])
    return {"tags": [{"tagKey": key, "tagValue": value} for key, value in resource.tags.items()]}


def _find_taggable(service: Service, arn: str) -> Resource:
    resource = service.store.get(arn)
    if resource.resource_type in _UNTAGGABLE:
        raise InvalidInputError(f"A {resource.resource_type.noun} takes no tags.")
    return resource
