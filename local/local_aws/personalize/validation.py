"""Validate requests against the service model of botocore, with the constraints that botocore's validator ignores.

A check is compiled once for each shape. The messages are those of AWS.
"""

import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.personalize.errors import InvalidInputError, ServiceError

Check = Callable[[Any, str, list[str]], None]

_TYPES: dict[str, type | tuple[type, ...]] = {
    "structure": dict,
    "list": list,
    "map": dict,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
}
_UNICODE_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s", r"\p{ASCII}": r"[\x00-\x7f]"}


def validate(shape: StructureShape, request: Any) -> None:
    """Check a request against its shape.

    Raises:
        InvalidInputError: The request violates constraints; the message lists all of them.
        ServiceError: SerializationException, if a member has a wrong type.
    """
    violations: list[str] = []
    _compile(shape)(request, "", violations)
    if violations:
        noun = "error" if len(violations) == 1 else "errors"
        raise InvalidInputError(f"{len(violations)} validation {noun} detected: {'; '.join(violations)}")


def finite_number(name: str, text: str) -> float:
    """Return the number that a string member holds.

    Raises:
        InvalidInputError: The text is not a number, or it is nan or infinity.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidInputError(f"{name} must be a number, not {text}.")
    return number


@cache
def python_pattern(pattern: str) -> re.Pattern[str]:
    """Convert a pattern of the model (Java) to Python. The service matches the whole value."""
    for java, python in _UNICODE_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


@cache
def _compile(shape: Shape) -> Check:
    check = _compile_constraints(shape)
    expected = _TYPES[shape.type_name]

    def check_type(value: Any, path: str, violations: list[str]) -> None:
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            name = path or "the request"
            raise ServiceError(f"{name}: expected {shape.type_name}", code="SerializationException")
        check(value, path, violations)

    return check_type


def _compile_constraints(shape: Shape) -> Check:
    if isinstance(shape, StructureShape):
        return _compile_structure(shape)
    if isinstance(shape, ListShape):
        return _compile_list(shape)
    if isinstance(shape, MapShape):
        return _compile_map(shape)
    return _compile_string(shape) if shape.type_name == "string" else _compile_scalar(shape)


def _compile_structure(shape: StructureShape) -> Check:
    members = [(name, _compile(member)) for name, member in shape.members.items()]
    required = frozenset(shape.required_members)

    def check(value: Any, path: str, violations: list[str]) -> None:
        prefix = f"{path}." if path else ""
        for name, member in members:
            item = value.get(name)
            if item is not None:
                member(item, prefix + name, violations)
            elif name in required:
                violations.append(_violation("null", prefix + name, "Member must not be null"))

    return check


def _compile_list(shape: ListShape) -> Check:
    check_member, check_size = _compile(shape.member), _compile_range(shape, "length")

    def check(value: Any, path: str, violations: list[str]) -> None:
        check_size(len(value), value, path, violations)
        for number, item in enumerate(value, 1):
            check_member(item, f"{path}.{number}.member", violations)

    return check


def _compile_map(shape: MapShape) -> Check:
    check_key, check_item, check_size = _compile(shape.key), _compile(shape.value), _compile_range(shape, "length")

    def check(value: Any, path: str, violations: list[str]) -> None:
        check_size(len(value), value, path, violations)
        for name, item in value.items():
            check_key(name, f"{path}.key", violations)
            check_item(item, f"{path}.{name}.member", violations)

    return check


def _compile_string(shape: Shape) -> Check:
    pattern = python_pattern(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    enum = getattr(shape, "enum", None)
    check_size = _compile_range(shape, "length")
    hidden = bool(shape.metadata.get("sensitive"))

    def check(value: Any, path: str, violations: list[str]) -> None:
        check_size(len(value), value, path, violations)
        shown = "" if hidden else f"'{value}'"
        if pattern and not pattern.fullmatch(value):
            rule = f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"
            violations.append(_violation(shown, path, rule))
        if enum and value not in enum:
            violations.append(_violation(shown, path, f"Member must satisfy enum value set: [{', '.join(enum)}]"))

    return check


def _compile_scalar(shape: Shape) -> Check:
    check_range = _compile_range(shape, "value")

    def check(value: Any, path: str, violations: list[str]) -> None:
        check_range(value, value, path, violations)

    return check


def _compile_range(shape: Shape, noun: str) -> Callable[[float, Any, str, list[str]], None]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    # The model of the service has an error: hyperparameter ranges have "min" as their maximum.
    high = None if low is not None and high is not None and high < 0 else high

    def check(measure: float, value: Any, path: str, violations: list[str]) -> None:
        if low is not None and measure < low:
            rule = f"Member must have {noun} greater than or equal to {low}"
            violations.append(_violation(f"'{value}'", path, rule))
        if high is not None and measure > high:
            rule = f"Member must have {noun} less than or equal to {high}"
            violations.append(_violation(f"'{value}'", path, rule))

    return check


def _violation(value: str, path: str, rule: str) -> str:
    return f"Value {value} at '{path}' failed to satisfy constraint: {rule}".replace("Value  at", "Value at")
