"""Describe, list and delete: the same for every kind of resource, so made from the service model and the resource_types."""

from collections.abc import Callable
from typing import Any

from local_aws.personalize.errors import InvalidInputError, ResourceInUseError, ResourceNotFoundError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource, paginate
from local_aws.personalize.resource_types import (
    BATCH_INFERENCE_JOB,
    CAMPAIGN,
    DATA_DELETION_JOB,
    DATASET,
    DATASET_EXPORT_JOB,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    RESOURCE_TYPES,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)
from local_aws.personalize.service import Service
from local_aws.personalize.service_model import operations, project

DEPENDENTS: dict[ResourceType, tuple[ResourceType, ...]] = {
    SCHEMA: (DATASET,),
    DATASET_GROUP: (DATASET, SOLUTION, EVENT_TRACKER, FILTER, METRIC_ATTRIBUTION),
    SOLUTION: (CAMPAIGN,),
}
"""What must be deleted before (developer guide, "Requirements for deleting Amazon Personalize resources")."""

BUSY_DEPENDENTS: dict[ResourceType, tuple[ResourceType, ...]] = {
    DATASET: (DATASET_IMPORT_JOB,),
    SOLUTION: (SOLUTION_VERSION,),
}
"""What need not be deleted before, but must be in no passing status."""

OWNED: dict[ResourceType, tuple[ResourceType, ...]] = {
    DATASET_GROUP: (DATA_DELETION_JOB,),
    DATASET: (DATASET_IMPORT_JOB, DATASET_EXPORT_JOB),
    SOLUTION: (SOLUTION_VERSION, BATCH_INFERENCE_JOB),
}
"""What goes with a resource: it has no deletion of its own."""


def _register(resource_type: ResourceType) -> None:
    if f"Describe{resource_type.noun}" in operations():
        _register_describe(resource_type)
    if f"List{resource_type.noun}s" in operations():
        _register_list(resource_type)
    if f"Delete{resource_type.noun}" in operations():
        _register_delete(resource_type)


def _register_describe(resource_type: ResourceType) -> None:
    shape = operations()[f"Describe{resource_type.noun}"].output_shape

    @operation(f"Describe{resource_type.noun}")
    def describe(service: Service, request: dict[str, Any]) -> dict[str, Any]:
        resource = service.store.get(request[resource_type.arn_member], resource_type)
        return project(shape, {resource_type.member: resource.describe(service.now())})


def _register_list(resource_type: ResourceType) -> None:
    model = operations()[f"List{resource_type.noun}s"]
    parent = next((name for name in model.input_shape.members if name.endswith("Arn")), None)
    page_member = next(name for name in model.output_shape.members if name != "nextToken")
    errors = {shape.name for shape in model.error_shapes}

    @operation(model.name)
    def list_(service: Service, request: dict[str, Any]) -> dict[str, Any]:
        wanted = {parent: request[parent]} if parent and request.get(parent) else {}
        for arn in wanted.values():
            if not service.store.find(arn):
                not_found = ResourceNotFoundError.of(arn)
                raise not_found if not_found.code in errors else InvalidInputError(not_found.message)
        page, token = paginate(service.store.all(resource_type, **wanted), model.name, request)
        described = [resource.describe(service.now()) for resource in page]
        return project(model.output_shape, {page_member: described, "nextToken": token})


def _register_delete(resource_type: ResourceType) -> None:
    @operation(f"Delete{resource_type.noun}")
    def delete(service: Service, request: dict[str, Any]) -> None:
        resource = service.store.get(request[resource_type.arn_member], resource_type)
        service.require_settled(resource)
        _refuse_while_needed(service, resource)
        service.delete(resource)
        for owned_type in OWNED.get(resource_type, ()):
            for owned in service.store.all(owned_type, **{resource_type.arn_member: resource.arn}):
                owned.timeline = resource.timeline
                service.models.drop(owned.arn)
        if clean_up := _CLEAN_UP.get(resource_type):
            clean_up(service, resource)


def _refuse_while_needed(service: Service, resource: Resource) -> None:
    owner = {resource.resource_type.arn_member: resource.arn}
    if resource.resource_type is DATASET and resource["datasetType"] == "Interactions":
        _refuse_while_tracked(service, resource)
    for resource_type in DEPENDENTS.get(resource.resource_type, ()):
        if held := service.store.all(resource_type, **owner):
            raise ResourceInUseError(f"{resource.arn} has the {resource_type.noun} {held[0].arn}; delete that first.")
    for resource_type in BUSY_DEPENDENTS.get(resource.resource_type, ()):
        for held_one in service.store.all(resource_type, **owner):
            service.require_settled(held_one)


def _refuse_while_tracked(service: Service, dataset: Resource) -> None:
    if held := service.store.all(EVENT_TRACKER, datasetGroupArn=dataset["datasetGroupArn"]):
        raise ResourceInUseError(f"{dataset.arn} has the event tracker {held[0].arn}; delete that first.")


def _forget_dataset(service: Service, dataset: Resource) -> None:
    data = service.data(dataset["datasetGroupArn"])
    if dataset["datasetType"] == "Interactions":
        data.interactions.clear()
    else:
        records = data.records(dataset["datasetType"])
        records.forget(set(records.snapshot()))


_CLEAN_UP: dict[ResourceType, Callable[[Service, Resource], Any]] = {
    DATASET: _forget_dataset,
    DATASET_GROUP: lambda service, group: service.forget_data(group.arn),
    EVENT_TRACKER: lambda service, tracker: service.trackers.pop(tracker["trackingId"], None),
    CAMPAIGN: lambda service, campaign: service.deployments.pop(campaign.arn, None),
}
"""What else is forgotten with a resource."""

for _resource_type in RESOURCE_TYPES:
    _register(_resource_type)
