"""Describe, list and delete: the same for every kind of resource, so made from the service model and the kinds."""

from collections.abc import Callable
from typing import Any

from local_aws.personalize.errors import InvalidInputError, ResourceInUseError, ResourceNotFoundError
from local_aws.personalize.kinds import (
    ATTRIBUTION,
    CAMPAIGN,
    DATASET,
    DATASET_GROUP,
    DELETION_JOB,
    EXPORT_JOB,
    FILTER,
    IMPORT_JOB,
    INFERENCE_JOB,
    KINDS,
    SCHEMA,
    SOLUTION,
    TRACKER,
    VERSION,
    Kind,
)
from local_aws.personalize.registry import operation
from local_aws.personalize.service import Service
from local_aws.personalize.service_model import operations, project
from local_aws.personalize.store import Resource, paginate

DEPENDENTS: dict[Kind, tuple[Kind, ...]] = {
    SCHEMA: (DATASET,),
    DATASET_GROUP: (DATASET, SOLUTION, TRACKER, FILTER, ATTRIBUTION),
    SOLUTION: (CAMPAIGN,),
}
"""What must be deleted before (developer guide, "Requirements for deleting Amazon Personalize resources")."""

BUSY_DEPENDENTS: dict[Kind, tuple[Kind, ...]] = {DATASET: (IMPORT_JOB,), SOLUTION: (VERSION,)}
"""What need not be deleted before, but must be in no passing status."""

OWNED: dict[Kind, tuple[Kind, ...]] = {
    DATASET_GROUP: (DELETION_JOB,),
    DATASET: (IMPORT_JOB, EXPORT_JOB),
    SOLUTION: (VERSION, INFERENCE_JOB),
}
"""What goes with a resource: it has no deletion of its own."""


def _register(kind: Kind) -> None:
    if f"Describe{kind.noun}" in operations():
        _register_describe(kind)
    if f"List{kind.noun}s" in operations():
        _register_list(kind)
    if f"Delete{kind.noun}" in operations():
        _register_delete(kind)


def _register_describe(kind: Kind) -> None:
    shape = operations()[f"Describe{kind.noun}"].output_shape

    @operation(f"Describe{kind.noun}")
    def describe(service: Service, request: dict[str, Any]) -> dict[str, Any]:
        resource = service.store.get(request[kind.arn_member], kind)
        return project(shape, {kind.member: resource.describe(service.now())})


def _register_list(kind: Kind) -> None:
    model = operations()[f"List{kind.noun}s"]
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
        page, token = paginate(service.store.all(kind, **wanted), model.name, request)
        described = [resource.describe(service.now()) for resource in page]
        return project(model.output_shape, {page_member: described, "nextToken": token})


def _register_delete(kind: Kind) -> None:
    @operation(f"Delete{kind.noun}")
    def delete(service: Service, request: dict[str, Any]) -> None:
        resource = service.store.get(request[kind.arn_member], kind)
        service.require_settled(resource)
        _refuse_while_needed(service, resource)
        service.delete(resource)
        for owned_kind in OWNED.get(kind, ()):
            for owned in service.store.all(owned_kind, **{kind.arn_member: resource.arn}):
                owned.timeline = resource.timeline
                service.models.drop(owned.arn)
        if clean_up := _CLEAN_UP.get(kind):
            clean_up(service, resource)


def _refuse_while_needed(service: Service, resource: Resource) -> None:
    owner = {resource.kind.arn_member: resource.arn}
    if resource.kind is DATASET and resource["datasetType"] == "Interactions":
        _refuse_while_tracked(service, resource)
    for kind in DEPENDENTS.get(resource.kind, ()):
        if held := service.store.all(kind, **owner):
            raise ResourceInUseError(f"{resource.arn} has the {kind.noun} {held[0].arn}; delete that first.")
    for kind in BUSY_DEPENDENTS.get(resource.kind, ()):
        for held_one in service.store.all(kind, **owner):
            service.require_settled(held_one)


def _refuse_while_tracked(service: Service, dataset: Resource) -> None:
    if held := service.store.all(TRACKER, datasetGroupArn=dataset["datasetGroupArn"]):
        raise ResourceInUseError(f"{dataset.arn} has the event tracker {held[0].arn}; delete that first.")


def _forget_dataset(service: Service, dataset: Resource) -> None:
    data = service.data(dataset["datasetGroupArn"])
    if dataset["datasetType"] == "Interactions":
        data.interactions.clear()
    else:
        records = data.records(dataset["datasetType"])
        records.forget(set(records.snapshot()))


_CLEAN_UP: dict[Kind, Callable[[Service, Resource], Any]] = {
    DATASET: _forget_dataset,
    DATASET_GROUP: lambda service, group: service.forget_data(group.arn),
    TRACKER: lambda service, tracker: service.trackers.pop(tracker["trackingId"], None),
    CAMPAIGN: lambda service, campaign: service.deployments.pop(campaign.arn, None),
}
"""What else is forgotten with a resource."""

for _kind in KINDS:
    _register(_kind)
