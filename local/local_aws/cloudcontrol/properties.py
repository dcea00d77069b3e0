"""Between registry properties (PascalCase, Key/Value tags) and members of the Personalize API (camelCase).

Both sides have a description of their own, so names are matched against it without regard to case, and keys of maps
(hyperparameters and the like) stay as they are.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape

from local_aws.personalize.service_model import operations


def to_request(operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The request of a Personalize operation from properties; those that it does not take are left out."""
    request = _to_member(operations()[operation].input_shape, properties)
    if tags := request.get("tags"):
        request["tags"] = [{"tagKey": tag["Key"], "tagValue": tag["Value"]} for tag in tags]
    return request


def to_properties(schema: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that a registry schema has of a resource, from its members; `tags` are key -> value here."""
    tags = [{"Key": key, "Value": value} for key, value in members.get("tags", {}).items()]
    properties = _to_property(schema, schema, {**members, "tags": tags})
    return {name: value for name, value in properties.items() if value not in ([], {})}


def _to_member(shape: Shape, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        given = {name.lower(): held for name, held in value.items()}
        return {
            name: held if name == "tags" else _to_member(member, held)
            for name, member in shape.members.items()
            if (held := given.get(name.lower())) is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_to_member(shape.member, item) for item in value]
    return value


def _to_property(root: Mapping[str, Any], node: Mapping[str, Any], value: Any) -> Any:
    if "$ref" in node:
        node = root["definitions"][node["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, Mapping) and "properties" in node:
        given = {name.lower(): held for name, held in value.items()}
        return {
            name: _to_property(root, child, held)
            for name, child in node["properties"].items()
            if (held := given.get(name.lower())) is not None
        }
    if isinstance(value, list):
        return [_to_property(root, node.get("items", {}), item) for item in value]
    if node.get("format") == "date-time":
        return datetime.datetime.fromtimestamp(value, datetime.UTC).isoformat()
    return value
