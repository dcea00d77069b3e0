"""Points in time, as apps may write them and as the history sorts them. All are epoch seconds, UTC."""

import re
from datetime import UTC, datetime

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)
_MAX_ISO_LENGTH = 40


def parse_time(value: object) -> float | None:
    """Read epoch seconds (number or its string) or ISO 8601 (UTC if it names no zone); None if it is neither."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else _parse_iso(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e12 else None


def _parse_iso(text: str) -> float | None:
    if len(text) > _MAX_ISO_LENGTH:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def iso(seconds: float) -> str:
    """Write a time as ISO 8601 in UTC to the microsecond, of one width, so that text sorts as time does."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
