"""Requests checked against botocore's service model, with the constraints that botocore's own validator leaves out.

A checker is compiled once per operation. Violations are worded as AWS words them.
"""

import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.model import Shape, StructureShape

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
    """Raise the error the service answers to `request`, if it breaks the shape.

    Raises InvalidInputError that lists every broken constraint, ServiceError (SerializationException) on a wrong type.
    """
    violations: list[str] = []
    _compiled(shape)(request, "", violations)
    if violations:
        noun = "error" if len(violations) == 1 else "errors"
        raise InvalidInputError(f"{len(violations)} validation {noun} detected: {'; '.join(violations)}")


def finite_number(name: str, text: str) -> float:
    """The number that a string member holds. Raises InvalidInputError, also for nan and infinity."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidInputError(f"{name} must be a number, not {text}.")
    return number


@cache
def python_pattern(pattern: str) -> re.Pattern[str]:
    """A model's (Java) pattern as a Python one; the service matches the whole value."""
    for java, python in _UNICODE_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


@cache
def _compiled(shape: Shape) -> Check:
    check = _COMPILERS.get(shape.type_name, _compile_scalar)(shape)
    expected = _TYPES[shape.type_name]

    def typed(value: Any, path: str, violations: list[str]) -> None:
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            place = path or "the request"
            raise ServiceError(f"{place}: expected {shape.type_name}", code="SerializationException")
        check(value, path, violations)

    return typed


def _compile_structure(shape: Shape) -> Check:
    members = [(name, _compiled(member)) for name, member in shape.members.items()]
    required = frozenset(shape.required_members)

    def check(value: Any, path: str, violations: list[str]) -> None:
        prefix = f"{path}." if path else ""
        for name, member in members:
            held = value.get(name)
            if held is not None:
                member(held, prefix + name, violations)
            elif name in required:
                violations.append(_violation("null", prefix + name, "Member must not be null"))

    return check


def _compile_list(shape: Shape) -> Check:
    member, size = _compiled(shape.member), _size_rules(shape, "length")

    def check(value: Any, path: str, violations: list[str]) -> None:
        size(len(value), value, path, violations)
        for place, item in enumerate(value, 1):
            member(item, f"{path}.{place}.member", violations)

    return check


def _compile_map(shape: Shape) -> Check:
    key, item, size = _compiled(shape.key), _compiled(shape.value), _size_rules(shape, "length")

    def check(value: Any, path: str, violations: list[str]) -> None:
        size(len(value), value, path, violations)
        for name, held in value.items():
            key(name, f"{path}.key", violations)
            item(held, f"{path}.{name}.member", violations)

    return check


def _compile_string(shape: Shape) -> Check:
    pattern = python_pattern(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    enum = getattr(shape, "enum", None)
    size = _size_rules(shape, "length")
    hidden = bool(shape.metadata.get("sensitive"))

    def check(value: Any, path: str, violations: list[str]) -> None:
        size(len(value), value, path, violations)
        shown = "" if hidden else f"'{value}'"
        if pattern and not pattern.fullmatch(value):
            rule = f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"
            violations.append(_violation(shown, path, rule))
        if enum and value not in enum:
            violations.append(_violation(shown, path, f"Member must satisfy enum value set: [{', '.join(enum)}]"))

    return check


def _compile_scalar(shape: Shape) -> Check:
    size = _size_rules(shape, "value")

    def check(value: Any, path: str, violations: list[str]) -> None:
        size(value, value, path, violations)

    return check


def _size_rules(shape: Shape, noun: str) -> Callable[[float, Any, str, list[str]], None]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    # A slip in the service's own model: hyperparameter ranges carry "min" as their maximum.
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


_COMPILERS: dict[str, Callable[[Shape], Check]] = {
    "structure": _compile_structure,
    "list": _compile_list,
    "map": _compile_map,
    "string": _compile_string,
}
