"""Settings of a function, read from the environment once, at init."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

S = TypeVar("S", bound="DataclassInstance")

_EXPECTED = {int: "an integer", float: "a number"}


class SettingsError(ValueError):
    """Environment variables that are missing or malformed. The text names all of them, never their values."""


def read_settings(settings: type[S], environment: Mapping[str, str]) -> S:
    """Make the dataclass `settings` from the environment variables with the names of its fields, in upper case.

    A field has the type str, int or float, or a function `parse` in its metadata, which makes its value from the
    variable's text or raises ValueError. An empty variable counts as missing. A field with a default may be missing.

    Raises:
        SettingsError: Names every variable that is missing or malformed.
    """
    values, errors = {}, []
    for field in fields(settings):
        name = field.name.upper()
        text = environment.get(name)
        if text:
            try:
                values[field.name] = field.metadata.get("parse", field.type)(text)
            except ValueError as error:
                expected = _EXPECTED.get(field.type)  # type: ignore[arg-type]
                errors.append(f"{name} must be {expected}" if expected else f"{name} {error}")
        elif field.default is MISSING and field.default_factory is MISSING:
            errors.append(f"{name} is missing")
    if errors:
        raise SettingsError(f"Wrong environment variables: {'; '.join(errors)}")
    return settings(**values)
