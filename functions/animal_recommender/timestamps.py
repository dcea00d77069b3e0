"""Points in time: the forms that apps may send, and the form that the history sorts. All are epoch seconds in UTC."""

import re
from datetime import UTC, datetime

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)
_MAX_ISO_LENGTH = 40


def parse_time(value: object) -> float | None:
    """Parse epoch seconds (a number, or a string of one) or ISO 8601 (UTC without a zone); return None for others."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else _parse_iso(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12:
        return float(value)
    return None


def _parse_iso(text: str) -> float | None:
    if len(text) > _MAX_ISO_LENGTH:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def format_time(seconds: float) -> str:
    """Format a time as ISO 8601 in UTC with microseconds. All have the same width, so text sorts as time does."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
