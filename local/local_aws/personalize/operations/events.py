"""The events API: add interactions, items, users and actions one by one."""

import json
import re
from collections.abc import Mapping
from typing import Any

from local_aws.personalize.action_model import EVENT_TYPES, event_type
from local_aws.personalize.attribution import SOURCE_COLUMN, send_to_cloudwatch, streamed
from local_aws.personalize.avro_schema import Field, Schema, parse_schema
from local_aws.personalize.data import DatasetGroupData
from local_aws.personalize.data.interactions import PUT, StreamedEvent
from local_aws.personalize.errors import InvalidInputError, ResourceInUseError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import DATASET, SCHEMA
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE
from local_aws.personalize.strict_json import parse_json

_MAX_SECONDS = 1e11
"""Epoch seconds of the year 5138. A greater number is in milliseconds."""

_MAX_ID_LENGTH = 256
_LONG = 2**63

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "int": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
}


@operation("PutEvents", locked=False)
def put_events(service: Service, request: dict[str, Any]) -> None:
    """Handle PutEvents. All events are checked before any is recorded. An event with a known eventId is ignored."""
    group_arn = _group_of(service, request["trackingId"])
    data = service.data(group_arn)
    events = [_event(data, request, event) for event in request["eventList"]]
    recorded = [event for event in events if data.interactions.record(event)]
    send_to_cloudwatch(service, group_arn, [streamed(data, event) for event in recorded])


@operation("PutActionInteractions", locked=False)
def put_action_interactions(service: Service, request: dict[str, Any]) -> None:
    """Handle PutActionInteractions. All are checked before any is recorded. One with a known eventId is ignored."""
    group_arn = _group_of(service, request["trackingId"])
    if not service.dataset(group_arn, "Action_Interactions"):
        raise InvalidInputError(f"The dataset group {group_arn} has no dataset of type Action_Interactions.")
    events = [_action_interaction(interaction) for interaction in request["actionInteractions"]]
    for event in events:
        service.data(group_arn).action_interactions.record(event)


@operation("PutActions", locked=False)
def put_actions(service: Service, request: dict[str, Any]) -> None:
    """Handle PutActions: add actions, or replace them."""
    actions = {action["actionId"]: action.get("properties") for action in request["actions"]}
    _put_records(service, request["datasetArn"], "Actions", actions)


@operation("PutItems", locked=False)
def put_items(service: Service, request: dict[str, Any]) -> None:
    """Handle PutItems: add items to a catalogue, or replace them."""
    _put_records(service, request["datasetArn"], "Items", {i["itemId"]: i.get("properties") for i in request["items"]})


@operation("PutUsers", locked=False)
def put_users(service: Service, request: dict[str, Any]) -> None:
    """Handle PutUsers: add users, or replace them."""
    _put_records(service, request["datasetArn"], "Users", {u["userId"]: u.get("properties") for u in request["users"]})


def _group_of(service: Service, tracking_id: str) -> str:
    """Return the ARN of the dataset group of an event tracker."""
    tracker: Resource | None = service.trackers.get(tracking_id)
    if tracker is None:
        raise InvalidInputError(f"The tracking id {tracking_id} is not valid.")
    if service.status(tracker).startswith("DELETE"):
        raise InvalidInputError(f"The event tracker {tracker.arn} is not ACTIVE but {service.status(tracker)}.")
    group_arn: str = tracker["datasetGroupArn"]
    return group_arn


def _action_interaction(interaction: Mapping[str, Any]) -> StreamedEvent:
    if not 0 <= interaction["timestamp"] < _MAX_SECONDS:
        raise InvalidInputError(f"timestamp must be in epoch seconds, not {interaction['timestamp']}.")
    kind = event_type(interaction["eventType"])
    if kind is None:
        raise InvalidInputError(f"eventType must be one of {', '.join(EVENT_TYPES)}, not {interaction['eventType']}.")
    return StreamedEvent(
        user_id=interaction.get("userId"),
        session_id=interaction["sessionId"],
        event_id=interaction.get("eventId") or json.dumps(interaction, sort_keys=True),
        timestamp=float(interaction["timestamp"]),
        event_type=kind,
        item_id=interaction["actionId"],
    )


def _event(data: DatasetGroupData, request: Mapping[str, Any], event: Mapping[str, Any]) -> StreamedEvent:
    if not 0 <= event["sentAt"] < _MAX_SECONDS:
        raise InvalidInputError(f"sentAt must be in epoch seconds, not {event['sentAt']}.")
    properties = _properties(event.get("properties"))
    # Without an id, events are the same if all their members are.
    event_id = event.get("eventId") or json.dumps([request.get("userId"), request["sessionId"], event], sort_keys=True)
    return StreamedEvent(
        user_id=request.get("userId"),
        session_id=request["sessionId"],
        event_id=event_id,
        timestamp=float(event["sentAt"]),
        event_type=event["eventType"],
        # The first version of the API had these two in the properties, and that is still accepted.
        item_id=event.get("itemId") or _item_of(properties),
        event_value=event.get("eventValue", _value_of(properties)),
        extra=_other_columns(data, event, properties),
    )


def _item_of(properties: Mapping[str, Any]) -> str | None:
    item = properties.get("itemId")
    if item is not None and not (isinstance(item, str) and len(item) <= _MAX_ID_LENGTH):
        raise InvalidInputError(f"The property itemId must be a string of at most {_MAX_ID_LENGTH} characters.")
    return item or None


def _value_of(properties: Mapping[str, Any]) -> float | None:
    value = properties.get("eventValue")
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise InvalidInputError("The property eventValue must be a number.")
    return value


def _other_columns(data: DatasetGroupData, event: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the other members of an event by column name.

    Without an impression it is the items of the event's recommendation (implicit impression).
    """
    columns = {_CAMEL.sub("_", name).upper(): value for name, value in properties.items()}
    recommendation_id = event.get("recommendationId")
    impression = event.get("impression") or (data.recommended_items(recommendation_id) if recommendation_id else None)
    if recommendation_id:
        columns["RECOMMENDATION_ID"] = recommendation_id
    if source := (event.get("metricAttribution") or {}).get("eventAttributionSource"):
        columns[SOURCE_COLUMN] = source
    if impression:
        columns["IMPRESSION"] = "|".join(impression)
    return columns


def _properties(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        properties = parse_json(text)
    except ValueError:
        properties = None
    if not isinstance(properties, dict):
        raise InvalidInputError("Error parsing properties json")
    return properties


def _put_records(service: Service, dataset_arn: str, dataset_type: str, records: Mapping[str, str | None]) -> None:
    dataset = service.store.get(dataset_arn, DATASET)
    if dataset["datasetType"] != dataset_type.upper():
        raise InvalidInputError(f"The dataset {dataset_arn} is of type {dataset['datasetType']}, not {dataset_type}.")
    if service.status(dataset) != ACTIVE:
        raise ResourceInUseError(f"The dataset {dataset_arn} is not ACTIVE.")
    schema = parse_schema(service.store.get(dataset["schemaArn"], SCHEMA)["schema"])
    parsed = {record_id: _record(schema, _properties(text)) for record_id, text in records.items()}
    service.data(dataset["datasetGroupArn"]).records(dataset_type).add(parsed, PUT)


def _record(schema: Schema, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record by the field names of the schema. Properties name the fields in camel case, or as they are."""
    by_name = {_normalise(field.name): field for field in schema.fields if field.name not in schema.required}
    given = {_normalise(name): value for name, value in properties.items()}
    if unknown := [name for name in properties if _normalise(name) not in by_name]:
        raise InvalidInputError(f"The schema has no field for the properties {', '.join(unknown)}.")
    return {field.name: _value(field, given.get(name)) for name, field in by_name.items()}


def _value(field: Field, value: Any) -> Any:
    if value is None:
        if field.nullable:
            return None
        raise InvalidInputError(f"The property for the field {field.name} is missing.")
    if not _has_type(value, field.type):
        raise InvalidInputError(f"The property for the field {field.name} must be of type {field.type}.")
    if field.type in ("int", "long") and abs(value) >= _LONG:
        raise InvalidInputError(f"The property for the field {field.name} is beyond a long: {str(value)[:30]}...")
    if field.name == "CREATION_TIMESTAMP" and not 0 <= value < _MAX_SECONDS:
        raise InvalidInputError(f"The property for the field {field.name} must be in epoch seconds, not {value}.")
    return value


def _has_type(value: Any, avro_type: str) -> bool:
    return isinstance(value, _PYTHON_TYPES[avro_type]) and (not isinstance(value, bool) or avro_type == "boolean")


def _normalise(name: str) -> str:
    return name.replace("_", "").lower()
