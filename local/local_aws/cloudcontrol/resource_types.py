"""Resource types as the CloudFormation registry describes them; the schemas come with the cfn-lint package."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, ValidationError

from local_aws.personalize.errors import ServiceError
from local_aws.personalize.kinds import KINDS, Kind

_PREFIX = "AWS::Personalize::"
_NOUNS = ("Schema", "DatasetGroup", "Dataset", "Solution", "EventTracker", "Filter", "MetricAttribution", "Campaign")


@dataclass(frozen=True)
class ResourceType:
    """One registry type: its schema and the kind of Personalize resource it stands for."""

    name: str
    schema: Mapping[str, Any]
    kind: Kind

    @property
    def identifier(self) -> str:
        """The property that identifies a resource, e.g. DatasetGroupArn."""
        return _top_level(self.schema["primaryIdentifier"][0])

    @property
    def create_only(self) -> frozenset[str]:
        """Properties that cannot change."""
        return frozenset(map(_top_level, self.schema.get("createOnlyProperties", ())))

    @property
    def read_only(self) -> frozenset[str]:
        """Properties that only the service sets."""
        return frozenset(map(_top_level, self.schema.get("readOnlyProperties", ())))

    @property
    def updatable(self) -> bool:
        """Whether there is an update handler."""
        return "update" in self.schema["handlers"]

    def check(self, properties: Any) -> None:
        """Hold a desired state to the schema. Raises ServiceError (InvalidRequestException) with all that is wrong."""
        wrong = [_sentence(error) for error in Draft7Validator(dict(self.schema)).iter_errors(properties)]
        if isinstance(properties, dict):
            wrong += [f"#: readOnly key [{name}] is not permitted" for name in sorted(self.read_only & set(properties))]
        if wrong:
            raise ServiceError(f"Model validation failed ({'; '.join(wrong)})", code="InvalidRequestException")


@cache
def resource_type(name: str) -> ResourceType:
    """The registry type of that name. Raises ServiceError (TypeNotFoundException)."""
    noun = name.removeprefix(_PREFIX)
    if noun == name or noun not in _NOUNS:
        raise ServiceError(
            f"The type {name} is not available in the local Cloud Control API; it has {', '.join(type_names())}.",
            code="TypeNotFoundException",
        )
    kind = next(kind for kind in KINDS if kind.noun == noun)
    return ResourceType(name, registry_schema(name), kind)


def type_names() -> Iterator[str]:
    """Names of the types that are there."""
    return (_PREFIX + noun for noun in _NOUNS)


@cache
def registry_schema(name: str) -> Mapping[str, Any]:
    """The schema of any registry type. Raises KeyError."""
    # Imported here since it takes half a second, which a server that is not asked for it need not wait.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    try:
        return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name).schema
    except ResourceNotFoundError:
        raise KeyError(name) from None


def _top_level(pointer: str) -> str:
    return pointer.split("/")[2]


def _sentence(error: ValidationError) -> str:
    place = "/".join(["#", *map(str, error.absolute_path)])
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return f"{place}: required key [{missing}] not found"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = ", ".join(name for name in error.instance if name not in known)
        return f"{place}: extraneous key [{extra}] is not permitted"
    if error.validator == "type":
        return f"{place}: expected type: {error.validator_value}, found: {json.dumps(error.instance)[:80]}"
    return f"{place}: failed validation constraint for keyword [{error.validator}]"
