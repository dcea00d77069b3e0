"""Names of the objects that Firehose writes ("Understand custom prefixes for Amazon S3 objects", developer guide)."""

import re
import secrets
import string
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_EXPRESSION = re.compile(r"!\{(?P<namespace>[\w]+):(?P<value>[^}]*)\}")
_DEFAULT_PATH = "yyyy/MM/dd/HH/"
_RANDOM_LENGTH = 11
# The subset of Java's DateTimeFormatter that a prefix needs; a literal is in single quotes.
_TOKEN = re.compile(r"'(?P<literal>[^']*)'|(?P<letters>([A-Za-z])\3*)|(?P<other>.)")
_LETTERS: dict[str, Callable[[datetime], str]] = {
    "yyyy": lambda t: f"{t.year:04d}",
    "yy": lambda t: f"{t.year % 100:02d}",
    "YYYY": lambda t: f"{t.isocalendar().year:04d}",
    "MM": lambda t: f"{t.month:02d}",
    "M": lambda t: str(t.month),
    "MMM": lambda t: t.strftime("%b"),
    "MMMM": lambda t: t.strftime("%B"),
    "dd": lambda t: f"{t.day:02d}",
    "d": lambda t: str(t.day),
    "DDD": lambda t: f"{t.timetuple().tm_yday:03d}",
    "HH": lambda t: f"{t.hour:02d}",
    "H": lambda t: str(t.hour),
    "mm": lambda t: f"{t.minute:02d}",
    "ss": lambda t: f"{t.second:02d}",
    "SSS": lambda t: f"{t.microsecond // 1000:03d}",
    "EEE": lambda t: t.strftime("%a"),
    "a": lambda t: t.strftime("%p"),
}


class UnknownExpressionError(ValueError):
    """A prefix contains an expression that is not supported here."""


def object_key(
    *, stream: str, version: str, prefix: str, extension: str, moment: float, zone: str, error_type: str | None = None
) -> str:
    """Return the key of a new object.

    Args:
        stream: name of the delivery stream.
        version: version of the delivery stream.
        prefix: with or without expressions; without any, Firehose adds `yyyy/MM/dd/HH/`.
        extension: file extension, with its dot; may be empty.
        moment: arrival of the object's oldest record, in epoch seconds.
        zone: IANA time zone, for example UTC.
        error_type: value of `!{firehose:error-output-type}`, for an error prefix.

    Raises:
        UnknownExpressionError: the prefix contains another expression.
    """
    when = datetime.fromtimestamp(moment, ZoneInfo(zone))
    folder = expand_prefix(prefix, when, error_type)
    if not _EXPRESSION.search(prefix):
        folder += format_java(_DEFAULT_PATH, when)
    stamp = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d-%H-%M-%S")
    return f"{folder}{stream}-{version}-{stamp}-{uuid.uuid4()}{extension}"


def expand_prefix(prefix: str, when: datetime, error_type: str | None = None) -> str:
    """Return a prefix with its expressions evaluated."""

    def evaluate(found: re.Match[str]) -> str:
        namespace, value = found["namespace"], found["value"]
        if namespace == "timestamp":
            return format_java(value, when)
        if (namespace, value) == ("firehose", "random-string"):
            return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(_RANDOM_LENGTH))
        if (namespace, value) == ("firehose", "error-output-type") and error_type:
            return error_type
        raise UnknownExpressionError(f"{found[0]} is not supported in a prefix")

    return _EXPRESSION.sub(evaluate, prefix)


def format_java(pattern: str, when: datetime) -> str:
    """Format a time by a pattern of Java's DateTimeFormatter.

    Raises:
        UnknownExpressionError: the pattern has letters that are not supported here.
    """

    def evaluate(found: re.Match[str]) -> str:
        if found["literal"] is not None:
            return found["literal"] or "'"
        letters = found["letters"]
        if letters is None:
            return found["other"]
        if letters not in _LETTERS:
            raise UnknownExpressionError(f"{letters} is not supported in a timestamp pattern")
        return _LETTERS[letters](when)

    return _TOKEN.sub(evaluate, pattern)
