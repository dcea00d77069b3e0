"""The operations of event trackers."""

import uuid
from typing import Any

from local_aws.personalize.errors import InvalidInputError, ResourceAlreadyExistsError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import DATASET, DATASET_GROUP, EVENT_TRACKER
from local_aws.personalize.service import Service, short_id

EVENT_INTERACTIONS = "EVENT_INTERACTIONS"


@operation("CreateEventTracker")
def create_event_tracker(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateEventTracker: a dataset group can have one, and must have a dataset of interactions."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    if not service.dataset(group.arn, "Interactions") and not service.dataset(group.arn, "Action_Interactions"):
        raise InvalidInputError(f"The dataset group {group.arn} has no Interactions dataset.")
    if existing := service.store.all(EVENT_TRACKER, datasetGroupArn=group.arn):
        raise ResourceAlreadyExistsError(f"The dataset group {group.arn} has the event tracker {existing[0].arn}.")
    if service.store.all(EVENT_TRACKER, name=request["name"]):
        raise ResourceAlreadyExistsError(f"Another event tracker is named {request['name']}.")
    tracking_id = str(uuid.uuid4())
    tracker = service.create(
        EVENT_TRACKER, request, identity=short_id(), trackingId=tracking_id, accountId=service.account_id
    )
    service.trackers[tracking_id] = tracker
    if service.settings.event_interactions_dataset:
        _create_event_interactions_dataset(service, group)
    return {"eventTrackerArn": tracker.arn, "trackingId": tracking_id}


def _create_event_interactions_dataset(service: Service, group: Resource) -> None:
    """Add the dataset that the real service makes by itself for streamed events, and leaves when the tracker goes."""
    interactions = service.dataset(group.arn, "Interactions")
    if interactions is None or service.dataset(group.arn, EVENT_INTERACTIONS):
        return
    request = {"name": f"{group['name']}-event-interactions", "datasetGroupArn": group.arn}
    more = {"datasetType": EVENT_INTERACTIONS, "schemaArn": interactions["schemaArn"]}
    service.create(DATASET, request, identity=f"{group['name']}/{EVENT_INTERACTIONS}", **more)
