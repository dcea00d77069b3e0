"""The service as botocore describes it: operations, their shapes and their URL paths."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

SERVICES = ("personalize", "personalize-runtime", "personalize-events")


@cache
def service(name: str) -> ServiceModel:
    """Return the model of one service in the installed botocore."""
    return ServiceModel(Loader().load_service_model(name, "service-2"), service_name=name)


@cache
def operations() -> Mapping[str, OperationModel]:
    """Return every operation of the three services by name, in the order of the models. No name occurs twice."""
    models = [service(name) for name in SERVICES]
    return {name: model.operation_model(name) for model in models for name in model.operation_names}


def input_shape(operation: str) -> StructureShape:
    """Return the shape of the requests of an operation."""
    return _structure(operations()[operation].input_shape, operation)


def output_shape(operation: str) -> StructureShape:
    """Return the shape of the responses of an operation that has one."""
    return _structure(operations()[operation].output_shape, operation)


def _structure(shape: StructureShape | None, operation: str) -> StructureShape:
    if shape is None:
        raise LookupError(f"The service model of {operation} has no such shape.")
    return shape


@cache
def rest_paths() -> Mapping[str, str]:
    """Return the operation of each URL path of the two REST services (runtime and events)."""
    rest = {n: op for n, op in operations().items() if op.metadata["protocol"] == "rest-json"}
    return {op.http["requestUri"]: name for name, op in rest.items()}


@cache
def error_status(operation: str, code: str) -> int | None:
    """Return the HTTP status of an error of an operation, or None if the model does not give one.

    The REST services have different statuses for different errors.
    """
    model = operations().get(operation)
    shapes = model.error_shapes if model else []
    metadata = next((shape.metadata for shape in shapes if shape.name == code), {})
    status: int | None = metadata.get("error", {}).get("httpStatusCode")
    return status


def project(shape: Shape, value: Any) -> Any:
    """Return `value` without the members that are None or that `shape` does not have."""
    if value is None:
        return None
    if isinstance(shape, StructureShape):
        members = ((name, project(member, value.get(name))) for name, member in shape.members.items())
        return {name: member for name, member in members if member is not None}
    if isinstance(shape, ListShape):
        return [project(shape.member, item) for item in value]
    return value
