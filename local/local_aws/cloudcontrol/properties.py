"""Convert between registry properties (PascalCase, Key/Value tags) and members of the Personalize API (camelCase).

Both sides have a schema of their own, so names are matched to it without regard to case. Keys of maps, for example
hyperparameters, stay as they are.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from local_aws.personalize.service_model import input_shape


def to_request(operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request of a Personalize operation. Properties that the operation does not have are left out."""
    request: dict[str, Any] = _to_member(input_shape(operation), properties)
    if tags := request.get("tags"):
        request["tags"] = [{"tagKey": tag["Key"], "tagValue": tag["Value"]} for tag in tags]
    return request


def to_properties(schema: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that a registry schema has of a resource. `tags` in `members` is a map of key to value."""
    tags = [{"Key": key, "Value": value} for key, value in members.get("tags", {}).items()]
    properties = _to_property(schema, schema, {**members, "tags": tags})
    return {name: value for name, value in properties.items() if value not in ([], {})}


def _to_member(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        given = {name.lower(): item for name, item in value.items()}
        return {
            name: item if name == "tags" else _to_member(member, item)
            for name, member in shape.members.items()
            if (item := given.get(name.lower())) is not None
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_to_member(shape.member, item) for item in value]
    return value


def _to_property(root: Mapping[str, Any], node: Mapping[str, Any], value: Any) -> Any:
    if "$ref" in node:
        node = root["definitions"][node["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, Mapping) and "properties" in node:
        given = {name.lower(): item for name, item in value.items()}
        return {
            name: _to_property(root, child, item)
            for name, child in node["properties"].items()
            if (item := given.get(name.lower())) is not None
        }
    if isinstance(value, list):
        return [_to_property(root, node.get("items", {}), item) for item in value]
    if "enum" in node:
        # The registry has Interactions where the service has INTERACTIONS.
        return next((option for option in node["enum"] if option.lower() == str(value).lower()), value)
    if node.get("format") == "date-time":
        return datetime.datetime.fromtimestamp(value, datetime.UTC).isoformat()
    return value
