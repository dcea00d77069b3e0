"""Checks of input from outside, which name every wrong field at once and never repeat a value (it may be user data)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_ID_LENGTH = 256  # Personalize: user, item and session ids

_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)
_INTEGRAL_FLOAT_LIMIT = 2.0**53  # beyond it a float no longer names one integer


@dataclass(frozen=True)
class FieldError:
    """One wrong field: its dotted path, and what is legal there."""

    field: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Answer the element of an error answer's `errors`."""
        return {"field": self.field, "message": self.message}


class ValidationError(ValueError):
    """Input that can never succeed; `errors` holds a FieldError for each wrong field, `reason` is its short class."""

    def __init__(self, errors: Sequence[FieldError], reason: str = "invalid-fields") -> None:
        self.errors = tuple(errors)
        self.reason = reason
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in self.errors))


def parse_json(text: str | bytes, field: str) -> Any:
    """Parse strict JSON (UTF-8, no NaN or Infinity, bounded nesting); raises ValidationError about `field`."""
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        return json.loads(decoded, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        reason, message = "not-utf-8", "must be UTF-8"
    except RecursionError:
        reason, message = "too-deep", "is nested too deeply"
    except ValueError:
        reason, message = "not-json", "must be JSON (without NaN or Infinity)"
    raise ValidationError([FieldError(field, message)], reason)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def as_integer(value: object) -> int | None:
    """Answer the integer that a number or a string of digits means, else None (booleans mean none)."""
    if isinstance(value, str):
        return int(value) if _DIGITS.fullmatch(value) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _INTEGRAL_FLOAT_LIMIT else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_text(value: object) -> str | None:
    """Answer a string as it is and an integral number as its digits, else None."""
    if isinstance(value, str):
        return value if value and is_unicode(value) else None
    integer = as_integer(value)
    return None if integer is None else str(integer)


def is_unicode(text: str) -> bool:
    r"""Tell whether `text` can be encoded: JSON's `"\ud800"` gives half a character, which no service accepts."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Fields:
    """Reads the fields of one object and gathers what is wrong with them; `finish` raises it all together.

    A getter answers None (or the default) for a field that is absent or null, and for one that is wrong.
    """

    def __init__(self, payload: object, path: str = "") -> None:
        self.errors: list[FieldError] = []
        self._path = path
        self.is_object = isinstance(payload, Mapping)
        self._payload: Any = payload if self.is_object else {}
        if not self.is_object:
            self.errors.append(FieldError(path or "payload", "must be a JSON object"))

    def raw(self, name: str) -> Any:
        """Answer the field as it came."""
        return self._payload.get(name)

    def path(self, name: str) -> str:
        """Answer the full name of a field of this object, as errors give it."""
        return f"{self._path}.{name}" if self._path else name

    def refuse(self, name: str, message: str) -> None:
        """Note that the field is wrong."""
        self.errors.append(FieldError(self.path(name), message))

    def text(self, name: str, *, required: bool = False, maximum: int = MAX_ID_LENGTH) -> str | None:
        """Read a string of 1 to `maximum` characters."""
        value = self.raw(name)
        if isinstance(value, str) and 0 < len(value) <= maximum and is_unicode(value):
            return value
        return self._wrong(name, required, f"must be a string of 1-{maximum} characters")

    def identifier(self, name: str, *, required: bool = False, maximum: int = MAX_ID_LENGTH) -> str | None:
        """Read an id: a string of 1 to `maximum` characters or an integer, answered as a string."""
        text = as_text(self.raw(name))
        if text and len(text) <= maximum:
            return text
        return self._wrong(name, required, f"must be a string of 1-{maximum} characters or an integer")

    def integer(self, name: str, *, minimum: int, maximum: int, default: int | None = None) -> int | None:
        """Read an integer between the limits, both legal; required if it has no default."""
        integer = as_integer(self.raw(name))
        if integer is not None and minimum <= integer <= maximum:
            return integer
        self._wrong(name, default is None, f"must be an integer of {minimum}-{maximum}")
        return default

    def number(self, name: str, *, minimum: float, maximum: float) -> float | None:
        """Read a number that is 0 or, whatever its sign, between the limits in size."""
        value = self.raw(name)
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if numeric and (value == 0 or minimum <= abs(value) <= maximum):
            return float(value)
        return self._wrong(name, False, f"must be 0 or a number of {minimum:g} to {maximum:g} in size")

    def finish(self, *others: "Fields") -> None:
        """Raise a ValidationError with all that is wrong here and in `others`; answer None if nothing is."""
        errors = [*self.errors, *(error for fields in others for error in fields.errors)]
        if errors:
            raise ValidationError(errors)

    def _wrong(self, name: str, required: bool, message: str) -> None:
        """Note a value that is not legal; an absent one is, unless it is required."""
        absent = self.raw(name) is None
        if required or not absent:
            self.refuse(name, f"is required and {message}" if absent else message)
