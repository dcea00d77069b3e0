"""The service as botocore describes it: operations, their shapes and where they are called."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

SERVICES = ("personalize", "personalize-runtime", "personalize-events")


@cache
def service(name: str) -> ServiceModel:
    """The installed botocore's model of one service."""
    return ServiceModel(Loader().load_service_model(name, "service-2"), service_name=name)


@cache
def operations() -> Mapping[str, OperationModel]:
    """Every operation of the three services (no name occurs twice), by name, in the models' order."""
    models = [service(name) for name in SERVICES]
    return {name: model.operation_model(name) for model in models for name in model.operation_names}


@cache
def rest_paths() -> Mapping[str, str]:
    """URL path -> operation, for the two REST services (runtime and events)."""
    rest = {n: op for n, op in operations().items() if op.metadata["protocol"] == "rest-json"}
    return {op.http["requestUri"]: name for name, op in rest.items()}


@cache
def error_status(operation: str, code: str) -> int | None:
    """The HTTP status that an operation's service gives an error (the REST services tell them apart); None: unsaid."""
    model = operations().get(operation)
    shapes = model.error_shapes if model else []
    metadata = next((shape.metadata for shape in shapes if shape.name == code), {})
    return metadata.get("error", {}).get("httpStatusCode")


def project(shape: Shape, value: Any) -> Any:
    """Cut `value` down to what `shape` can say: unknown and absent members go, all else stays as it is."""
    if value is None:
        return None
    if shape.type_name == "structure":
        members = ((name, project(member, value.get(name))) for name, member in shape.members.items())
        return {name: member for name, member in members if member is not None}
    if shape.type_name == "list":
        return [project(shape.member, item) for item in value]
    return value
