"""Validation of input from outside. Errors name every wrong field, but never its value, which may be user data."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

MAX_ID_LENGTH = 256  # Personalize: user, item and session ids
SESSION_PREFIX = "session#"  # Personalize gets session ids with it, so no user id may begin with it

# What databases, spreadsheets, programs and people write where there is no value, and for a visitor without an account.
# As an id it would make one user of all strangers.
_MISSING = {
    *("", "null", "(null)", "<null>", "#null!", "\\n", "nil", "none", "undefined", "[object object]"),
    *("nan", "nat", "na", "n/a", "n.a.", "#n/a", "<na>", "#ref!", "#value!"),
    *("missing", "(not set)", "-", "--", "?"),
}
_NOBODY = {"unknown", "anonymous", "guest", "no user", "no_user"}
# Prints as nothing, although Unicode counts it among letters, marks or symbols: fillers, a joiner, selectors of a
# variant, and the empty Braille pattern. The category Cf comes on top of it.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")
# Moves the cursor of a terminal, ends a line, or turns the direction of what follows; and halves of characters.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTROLS = "".join(map(chr, range(33))) + "\x7f"
# Names that other APIs use for a field of ours.
_FIELD_ALIASES = {
    "count": "limit",
    "filterarn": "filter",
    "filtername": "filter",
    "filtervalues": "filter",
    "id": "itemid",
    "inputlist": "itemmetadatalist",
    "itemids": "itemmetadatalist",
    "numresults": "limit",
    "user": "userid",
}
# At most so many unknown names are reported, and only names that look like one: a name, too, may be user data.
_MAX_UNKNOWN = 20
_MAX_NAME = 64
_NAME = re.compile(rf"[A-Za-z_][\w.-]{{0,{_MAX_NAME - 1}}}", re.ASCII)
UNUSUAL_NAME = "(unusual name)"

_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)
_INTEGRAL_FLOAT_LIMIT = 2.0**53  # a larger float does not stand for exactly one integer


# Here and in the modules that recommend and rerank import, records are NamedTuples, because a frozen dataclass adds
# 0.4 ms to each cold start (Python 3.11, 2026-11-26).
class FieldError(NamedTuple):
    """One wrong field: its dotted path, and what is valid there."""

    field: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return the element for `errors` in an error response."""
        return {"field": self.field, "message": self.message}


class ValidationError(ValueError):
    """Input that can never succeed. `errors` has a FieldError for each wrong field, `reason` is a short class."""

    def __init__(self, errors: Sequence[FieldError], reason: str = "invalid-fields") -> None:
        self.errors = tuple(errors)
        self.reason = reason
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in self.errors))


def parse_json(text: str | bytes, field: str) -> Any:
    """Parse strict JSON: UTF-8, no NaN or Infinity, limited nesting.

    Raises:
        ValidationError: The text is not strict JSON. The error names `field`.
    """
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
    """Return the integer that a number or a string of digits stands for, None for anything else and for booleans."""
    if isinstance(value, str):
        return int(value) if _DIGITS.fullmatch(value) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _INTEGRAL_FLOAT_LIMIT else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_text(value: object) -> str | None:
    """Return a string unchanged and an integral number as its digits, None for anything else."""
    if isinstance(value, str):
        return value if value and is_unicode(value) else None
    integer = as_integer(value)
    return None if integer is None else str(integer)


def is_placeholder(value: object) -> bool:
    """Return whether a text stands for a missing value or for nobody, such as "undefined", "guest" or no text."""
    return isinstance(value, str) and (is_missing(value) or _folded(value) in _NOBODY)


def is_missing(text: str) -> bool:
    """Return whether a text stands for a missing value; one that prints as nothing does, too."""
    return _folded(text) in _MISSING


def _folded(text: str) -> str:
    plain = text.strip(_CONTROLS) if text.isascii() else _INVISIBLE.sub("", without_format_characters(text)).strip()
    return plain.lower()


def without_format_characters(text: str) -> str:
    """Return a text without the invisible characters of Unicode's category Cf, such as the zero-width space."""
    if text.isascii():
        return text
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def has_controls(text: str) -> bool:
    """Return whether a text has control characters, line breaks among them, or marks that turn its direction."""
    return _CONTROL.search(text) is not None


def printable(text: str) -> str:
    r"""Return a text as reports and terminals may show it: each control character as an escape, such as `\x1b`."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def shown_name(name: str) -> str:
    """Return a name as messages and logs may show it: the name itself only if it looks like one."""
    return name if _NAME.fullmatch(name) else UNUSUAL_NAME


@lru_cache(maxsize=256)
def _fold(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def is_unicode(text: str) -> bool:
    r"""Return whether `text` can be encoded. JSON's `"\ud800"` gives half a character, which no service accepts."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class FieldReader:
    """Reads the fields of one object and collects what is wrong with them. `raise_errors` raises it all together.

    A `read_…` method returns None (or the default) for a field that is absent, null or wrong. The names that were read
    are the known ones: `unknown_fields` and `add_unknown_errors` come last.
    """

    def __init__(self, payload: object, path: str = "") -> None:
        self.errors: list[FieldError] = []
        self._path = path
        self._known: dict[str, str] = {}  # names without case and separators -> names
        self.placeholder_ids = 0
        self.is_object = isinstance(payload, Mapping)
        self._payload: Any = payload if self.is_object else {}
        if not self.is_object:
            self.errors.append(FieldError(path or "payload", "must be a JSON object"))

    def value(self, name: str) -> Any:
        """Return a field's value without validation, None if it is absent."""
        self._known[_fold(name)] = name
        return self._payload.get(name)

    def path(self, name: str) -> str:
        """Return the full name of a field of this object, as errors show it."""
        return f"{self._path}.{name}" if self._path else name

    def add_error(self, name: str, message: str) -> None:
        """Note that a field is wrong, unless exactly this is noted already."""
        error = FieldError(self.path(name), message)
        if error not in self.errors:
            self.errors.append(error)

    def read_text(self, name: str, *, required: bool = False, maximum: int = MAX_ID_LENGTH) -> str | None:
        """Read a string of 1 to `maximum` characters."""
        value = self.value(name)
        if isinstance(value, str) and 0 < len(value) <= maximum and is_unicode(value):
            return value
        self._add_error_unless_absent(name, required, f"must be a string of 1-{maximum} characters")
        return None

    def read_identifier(self, name: str, *, required: bool = False, maximum: int = MAX_ID_LENGTH) -> str | None:
        """Read an id: a string of 1 to `maximum` characters, or an integer, which is returned as a string."""
        text = as_text(self.value(name))
        if text and len(text) <= maximum:
            return text
        self._add_error_unless_absent(name, required, f"must be a string of 1-{maximum} characters or an integer")
        return None

    def read_user(self, name: str = "userId") -> str | None:
        """Read an id of a visitor. A placeholder such as "undefined" means no visitor; `placeholder_ids` counts it."""
        if is_placeholder(self.value(name)):
            self.placeholder_ids += 1
            return None
        user = self.read_identifier(name)
        if user and user.startswith(SESSION_PREFIX):
            self.add_error(name, f"must not begin with {SESSION_PREFIX}, which marks sessions")
            return None
        return user

    def read_session(self, name: str = "sessionId", *, required: bool = False) -> str | None:
        """Read an id of a session. A placeholder is an error if it is required, and no session otherwise."""
        if not is_placeholder(self.value(name)):
            return self.read_identifier(name, required=required)
        if required:
            self.add_error(name, "looks like a missing value: all visitors with it would be one session")
        return None

    def unknown_fields(self) -> list[str]:
        """Return the names of fields that nothing has read, at most 20, each as `shown_name` shows it."""
        return list(dict.fromkeys(self.path(shown_name(name)) for name in islice(self._unknown(), _MAX_UNKNOWN)))

    def _unknown(self) -> Iterator[str]:
        known = set(self._known.values())
        return (name for name in self._payload if name not in known)

    def similar_field(self, name: str) -> str | None:
        """Return the known field that an unknown name probably means."""
        import difflib  # only for what is wrong: it costs a cold start 1 ms

        folded = _fold(name[:_MAX_NAME])
        close = difflib.get_close_matches(_FIELD_ALIASES.get(folded, folded), self._known, n=1, cutoff=0.75)
        return self._known[close[0]] if close else None

    def add_unknown_errors(self) -> None:
        """Add an error for each unknown field, with the name that was probably meant."""
        for name in islice(self._unknown(), _MAX_UNKNOWN):
            similar = self.similar_field(name)
            known = ", ".join(self._known.values())
            message = f"is unknown; did you mean {similar}?" if similar else f"is unknown; known: {known}"
            self.add_error(shown_name(name), message)

    def add_nested_errors(self, nested: "FieldReader") -> None:
        """Add what is wrong with the object in a field of this one, when all its fields were read."""
        nested.add_unknown_errors()
        self.errors.extend(nested.errors)

    def add_misspelling_error(self, name: str) -> None:
        """Add an error if the field is absent and an unknown one has its name in another spelling (`user_id`)."""
        if self.value(name) is None:
            for other in self._unknown():
                if len(other) <= _MAX_NAME and _fold(other) == _fold(name):
                    self.add_error(shown_name(other), f"is unknown; did you mean {name}?")

    def read_integer(self, name: str, *, minimum: int, maximum: int, default: int | None = None) -> int | None:
        """Read an integer of `minimum` to `maximum`. It is required if it has no default."""
        integer = as_integer(self.value(name))
        if integer is not None and minimum <= integer <= maximum:
            return integer
        self._add_error_unless_absent(name, default is None, f"must be an integer of {minimum}-{maximum}")
        return default

    def read_number(self, name: str, *, minimum: float, maximum: float) -> float | None:
        """Read a number that is 0 or has an absolute value of `minimum` to `maximum`."""
        value = self.value(name)
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if numeric and (value == 0 or minimum <= abs(value) <= maximum):
            return float(value)
        self._add_error_unless_absent(name, False, f"must be 0 or a number of {minimum:g} to {maximum:g} in size")
        return None

    def raise_errors(self, *others: "FieldReader", reason: str = "invalid-fields") -> None:
        """Raise everything that is wrong here and in `others`, if anything is, as an error of the class `reason`.

        Raises:
            ValidationError: Names each wrong field.
        """
        errors = [*self.errors, *(error for reader in others for error in reader.errors)]
        if errors:
            raise ValidationError(errors, reason)

    def _add_error_unless_absent(self, name: str, required: bool, message: str) -> None:
        absent = self.value(name) is None
        if required or not absent:
            self.add_error(name, f"is required and {message}" if absent else message)
