"""Check the times of interactions and items, which are epoch seconds."""

from collections.abc import Mapping
from datetime import UTC, datetime

from scripts.check.seed.findings import Findings

EARLIEST = 631_152_000  # 1990-01-01: earlier numbers are days, dates like 20250101, or mistakes
NO_SECONDS = 10**11  # the year 5138: larger numbers are milliseconds or finer
_CLOCKS_DIFFER = 3_600


def day(timestamp: float) -> str:
    """Return the date of epoch seconds, in UTC."""
    return datetime.fromtimestamp(timestamp, UTC).date().isoformat()


def read_seconds(row: Mapping[str, str], column: str) -> int | None:
    """Return the whole number in the column; None if there is none, which the check of the type reports."""
    value = row.get(column, "").strip()
    return int(value) if value.isascii() and value.lstrip("+-").isdecimal() and len(value) <= 20 else None


def check_interaction_time(seconds: int, line: int, now: float, findings: Findings) -> bool:
    """Find a time at which no interaction can have been; return whether it is good."""
    if _is_other_unit(seconds, line, "TIMESTAMP", findings):
        return False
    if seconds < EARLIEST:
        message = f"{seconds} would be {day(seconds)}; must be epoch seconds"
        findings.add_error("time unit", message, line, "TIMESTAMP")
    elif seconds > now + _CLOCKS_DIFFER:
        findings.add_error("time range", f"{seconds} is {day(seconds)}, which is in the future", line, "TIMESTAMP")
    else:
        return True
    return False


def check_creation_time(seconds: int, line: int, now: float, findings: Findings) -> None:
    """Find a creation time that is no epoch seconds, or probably not meant; AWS accepts 1970 and the future."""
    column = "CREATION_TIMESTAMP"
    if _is_other_unit(seconds, line, column, findings):
        return
    if seconds < EARLIEST:
        message = f"{seconds} is {day(seconds)}: to Personalize the item is that old"
        findings.add_warning("time range", message, line, column)
    elif seconds > now + _CLOCKS_DIFFER:
        findings.add_warning("time range", f"{seconds} is {day(seconds)}, which is in the future", line, column)


def _is_other_unit(seconds: int, line: int, column: str, findings: Findings) -> bool:
    if seconds >= NO_SECONDS:
        message = f"{seconds} is not epoch seconds; milliseconds? divide by 1000"
        findings.add_error("time unit", message, line, column)
    elif seconds < 0:
        findings.add_error("time unit", f"{seconds} is negative; must be epoch seconds", line, column)
    return not 0 <= seconds < NO_SECONDS
