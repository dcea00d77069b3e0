"""The types of the CloudFormation registry. Their schemas come from the cfn-lint package."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_aws.personalize.errors import ServiceError
from local_aws.personalize.resource_types import RESOURCE_TYPES, ResourceType

if TYPE_CHECKING:
    from jsonschema import ValidationError

_PREFIX = "AWS::Personalize::"
_NOUNS = ("Schema", "DatasetGroup", "Dataset", "Solution", "EventTracker", "Filter", "MetricAttribution", "Campaign")


@dataclass(frozen=True)
class RegistryType:
    """One registry type: its schema, and the Personalize resource type that it describes."""

    name: str
    schema: Mapping[str, Any]
    resource_type: ResourceType

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
        """Validate a desired state.

        Raises:
            ServiceError: InvalidRequestException, with all violations of the schema.
        """
        from jsonschema import Draft7Validator  # here, because only Terraform needs it

        violations = [
            _describe_violation(error) for error in Draft7Validator(dict(self.schema)).iter_errors(properties)
        ]
        if isinstance(properties, dict):
            read_only = sorted(self.read_only & set(properties))
            violations += [f"#: readOnly key [{name}] is not permitted" for name in read_only]
        if violations:
            message = f"Model validation failed ({'; '.join(violations)})"
            raise ServiceError(message, code="InvalidRequestException")


@cache
def get_registry_type(name: str) -> RegistryType:
    """Return the registry type of that name.

    Raises:
        ServiceError: TypeNotFoundException.
    """
    noun = name.removeprefix(_PREFIX)
    if noun == name or noun not in _NOUNS:
        raise ServiceError(
            f"The type {name} is not available in the local Cloud Control API; it has {', '.join(type_names())}.",
            code="TypeNotFoundException",
        )
    resource_type = next(resource_type for resource_type in RESOURCE_TYPES if resource_type.noun == noun)
    return RegistryType(name, registry_schema(name), resource_type)


def type_names() -> Iterator[str]:
    """Return the names of the types that this API has."""
    return (_PREFIX + noun for noun in _NOUNS)


@cache
def registry_schema(name: str) -> Mapping[str, Any]:
    """Return the schema of any registry type.

    Raises:
        KeyError: There is no such type.
    """
    schema: Mapping[str, Any] = _read_json("resources", _read_json("providers", "us-east-1")[name])
    return schema


def _read_json(folder: str, name: str) -> Any:
    """Return the content of a data file of cfn-lint. To import cfn-lint takes half a second and 50 MB."""
    package = find_spec("cfnlint")
    if package is None or package.origin is None:
        raise ImportError("cfn-lint is not installed")
    return json.loads((Path(package.origin).parent / "data" / "schemas" / folder / f"{name}.json").read_text("utf-8"))


def _top_level(pointer: str) -> str:
    return pointer.split("/")[2]


def _describe_violation(error: "ValidationError") -> str:
    path = "/".join(["#", *map(str, error.absolute_path)])
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return f"{path}: required key [{missing}] not found"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = ", ".join(name for name in error.instance if name not in known)
        return f"{path}: extraneous key [{extra}] is not permitted"
    if error.validator == "type":
        return f"{path}: expected type: {error.validator_value}, found: {json.dumps(error.instance)[:80]}"
    return f"{path}: failed validation constraint for keyword [{error.validator}]"
