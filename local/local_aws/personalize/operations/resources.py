"""Describe, list and delete, which are the same for every resource type and are made from the service model."""

from collections.abc import Callable
from typing import Any

from local_aws.personalize.errors import InvalidInputError, ResourceInUseError, ResourceNotFoundError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource, paginate
from local_aws.personalize.resource_types import (
    BATCH_INFERENCE_JOB,
    BATCH_SEGMENT_JOB,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET,
    DATASET_EXPORT_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    RECOMMENDER,
    RESOURCE_TYPES,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)
from local_aws.personalize.service import Service
from local_aws.personalize.service_model import input_shape, operations, output_shape, project

DEPENDENTS: dict[ResourceType, tuple[ResourceType, ...]] = {
    SCHEMA: (DATASET,),
    DATASET_GROUP: (DATASET, SOLUTION, EVENT_TRACKER, FILTER, METRIC_ATTRIBUTION, RECOMMENDER),
    SOLUTION: (CAMPAIGN,),
}
"""What must be deleted first (developer guide, "Requirements for deleting Amazon Personalize resources")."""

BUSY_DEPENDENTS: dict[ResourceType, tuple[ResourceType, ...]] = {
    DATASET: (DATASET_IMPORT_JOB,),
    SOLUTION: (SOLUTION_VERSION,),
}
"""What need not be deleted first, but must not be in a transitional status."""

OWNED: dict[ResourceType, tuple[ResourceType, ...]] = {
    DATASET_GROUP: (DATA_DELETION_JOB,),
    DATASET: (DATASET_IMPORT_JOB, DATASET_EXPORT_JOB),
    SOLUTION: (SOLUTION_VERSION, BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB),
}
"""What is deleted together with a resource, because it has no delete operation."""


def _register(resource_type: ResourceType) -> None:
    if f"Describe{resource_type.noun}" in operations():
        _register_describe(resource_type)
    if f"List{resource_type.noun}s" in operations():
        _register_list(resource_type)
    if f"Delete{resource_type.noun}" in operations():
        _register_delete(resource_type)


def _register_describe(resource_type: ResourceType) -> None:
    name = f"Describe{resource_type.noun}"

    @operation(name)
    def describe(service: Service, request: dict[str, Any]) -> dict[str, Any]:
        resource = service.store.get(request[resource_type.arn_member], resource_type)
        return _project(name, {resource_type.member: resource.describe(service.now())})


def _register_list(resource_type: ResourceType) -> None:
    name = f"List{resource_type.noun}s"
    parent = next((member for member in input_shape(name).members if member.endswith("Arn")), None)
    page_member = next(member for member in output_shape(name).members if member != "nextToken")
    errors = {shape.name for shape in operations()[name].error_shapes}

    @operation(name)
    def list_(service: Service, request: dict[str, Any]) -> dict[str, Any]:
        fields = {parent: request[parent]} if parent and request.get(parent) else {}
        for arn in list(fields.values()):
            found = service.store.find(arn)
            if found and parent and found.resource_type is SOLUTION_VERSION:  # AWS lists what belongs to its solution
                fields[parent] = found["solutionArn"]
            if not found:
                not_found = ResourceNotFoundError.of(arn)
                raise not_found if not_found.code in errors else InvalidInputError(not_found.message)
        page, token = paginate(service.store.all(resource_type, **fields), name, request)
        descriptions = [resource.describe(service.now()) for resource in page]
        return _project(name, {page_member: descriptions, "nextToken": token})


def _register_delete(resource_type: ResourceType) -> None:
    @operation(f"Delete{resource_type.noun}")
    def delete(service: Service, request: dict[str, Any]) -> None:
        resource = service.store.get(request[resource_type.arn_member], resource_type)
        service.require_stable(resource)
        _require_no_dependents(service, resource)
        service.delete(resource)
        for owned_type in OWNED.get(resource_type, ()):
            for owned in service.store.all(owned_type, **{resource_type.arn_member: resource.arn}):
                owned.timeline = resource.timeline
                service.models.delete(owned.arn)
        if clean_up := _CLEAN_UP.get(resource_type):
            clean_up(service, resource)


def _project(name: str, members: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = project(output_shape(name), members)
    return response


def _require_no_dependents(service: Service, resource: Resource) -> None:
    owner = {resource.resource_type.arn_member: resource.arn}
    if resource.resource_type is DATASET and resource["datasetType"] == "INTERACTIONS":
        _require_no_tracker(service, resource)
    for dependent_type in DEPENDENTS.get(resource.resource_type, ()):
        if dependents := service.store.all(dependent_type, **owner):
            noun, arn = dependent_type.noun, dependents[0].arn
            raise ResourceInUseError(f"{resource.arn} has the {noun} {arn}; delete that first.")
    for dependent_type in BUSY_DEPENDENTS.get(resource.resource_type, ()):
        for dependent in service.store.all(dependent_type, **owner):
            service.require_stable(dependent)


def _require_no_tracker(service: Service, dataset: Resource) -> None:
    if trackers := service.store.all(EVENT_TRACKER, datasetGroupArn=dataset["datasetGroupArn"]):
        raise ResourceInUseError(f"{dataset.arn} has the event tracker {trackers[0].arn}; delete that first.")


def _delete_dataset_data(service: Service, dataset: Resource) -> None:
    data = service.data(dataset["datasetGroupArn"])
    if dataset["datasetType"] in ("INTERACTIONS", "ACTION_INTERACTIONS"):
        data.log(dataset["datasetType"]).clear()
    elif dataset["datasetType"] in ("ITEMS", "USERS", "ACTIONS"):
        records = data.records(dataset["datasetType"])
        records.delete(set(records.snapshot()))


def _delete_recommender(service: Service, recommender: Resource) -> None:
    service.deployments.pop(recommender.arn, None)
    service.models.delete(recommender.arn)


_CLEAN_UP: dict[ResourceType, Callable[[Service, Resource], Any]] = {
    DATASET: _delete_dataset_data,
    DATASET_GROUP: lambda service, group: service.delete_data(group.arn),
    EVENT_TRACKER: lambda service, tracker: service.trackers.pop(tracker["trackingId"], None),
    CAMPAIGN: lambda service, campaign: service.deployments.pop(campaign.arn, None),
    RECOMMENDER: _delete_recommender,
}
"""What else is removed with a resource."""

for _resource_type in RESOURCE_TYPES:
    _register(_resource_type)
