"""Schedule expressions of EventBridge: rate(…), cron(…) and at(…).

Syntax: "Schedule types in EventBridge Scheduler" and "Setting a schedule pattern for rules", user guides.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

_EXPRESSION = re.compile(r"^(?P<kind>rate|cron|at)\((?P<body>[^)]+)\)$")
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
# AWS counts the days of a week from Sunday = 1.
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_HORIZON_DAYS = 366 * 8


class InvalidExpressionError(ValueError):
    """The text is not a schedule expression; the message gives the reason."""


@dataclass(frozen=True)
class Rate:
    """A fixed period from a beginning."""

    seconds: int

    def next_after(self, moment: datetime, beginning: datetime) -> datetime | None:
        """Return the first time after `moment` that is a whole number of periods after `beginning`."""
        periods = int((moment - beginning).total_seconds() // self.seconds) + 1
        return beginning + timedelta(seconds=self.seconds * max(0, periods))


@dataclass(frozen=True)
class At:
    """One time."""

    when: datetime

    def next_after(self, moment: datetime, beginning: datetime) -> datetime | None:
        """Return the time, unless it has passed."""
        return self.when if self.when > moment else None


@dataclass(frozen=True)
class Cron:
    """Six fields: minutes hours day-of-month month day-of-week year."""

    fields: tuple[str, ...]
    zone: ZoneInfo

    def next_after(self, moment: datetime, beginning: datetime) -> datetime | None:
        """Return the first matching minute after `moment`; None if there is none within eight years."""
        local = moment.astimezone(self.zone)
        for offset in range(_HORIZON_DAYS):
            day = local.date() + timedelta(days=offset)
            if not self._matches(day):
                continue
            for hour, minute in self._times:
                candidate = datetime.combine(day, time(hour, minute), self.zone)
                # A time that is skipped when summer time begins becomes another hour: it does not exist that day.
                exists = candidate.astimezone(ZoneInfo("UTC")).astimezone(self.zone).hour == hour
                if exists and candidate > moment:
                    return candidate
        return None

    @cached_property
    def _times(self) -> list[tuple[int, int]]:
        minutes, hours = _members(self.fields[0], 0, 59), _members(self.fields[1], 0, 23)
        return [(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)]

    def _matches(self, day: date) -> bool:
        _, _, days, months, weekdays, years = self.fields
        return (
            day.month in _members(months, 1, 12, _MONTHS)
            and day.year in _members(years, 1970, 2199)
            and (days == "?" or day.day in _days_of_month(days, day))
            and (weekdays == "?" or day.day in _days_by_weekday(weekdays, day))
        )


Schedule = Rate | At | Cron


def parse_schedule(expression: str, zone: str = "UTC") -> Schedule:
    """Parse a schedule expression.

    Args:
        expression: the text.
        zone: IANA name of the time zone, for cron and at.

    Raises:
        InvalidExpressionError: the text is not a schedule expression.
    """
    found = _EXPRESSION.match(expression.strip())
    if not found:
        raise InvalidExpressionError(
            f"{expression!r} is not one of rate(value unit), cron(six fields), at(yyyy-mm-ddThh:mm:ss)"
        )
    kind, body = found["kind"], found["body"].split()
    if kind == "rate":
        return _rate(expression, body)
    if kind == "at":
        try:
            return At(datetime.fromisoformat(body[0]).replace(tzinfo=ZoneInfo(zone)))
        except ValueError as error:
            raise InvalidExpressionError(f"{expression!r}: {error}") from error
    if len(body) != 6 or (body[2] == "?") == (body[4] == "?"):
        raise InvalidExpressionError(
            f"{expression!r} needs six fields, and exactly one of the two fields for days must be ?"
        )
    schedule = Cron(tuple(part.upper() for part in body), ZoneInfo(zone))
    try:
        schedule.next_after(datetime.now(ZoneInfo(zone)), datetime.now(ZoneInfo(zone)))
    except (ValueError, KeyError) as error:
        raise InvalidExpressionError(f"{expression!r}: {error}") from error
    return schedule


def _rate(expression: str, body: list[str]) -> Rate:
    unit = body[1].removesuffix("s") if len(body) == 2 else ""
    if unit not in _UNITS or not body[0].isdigit() or int(body[0]) < 1:
        raise InvalidExpressionError(f"{expression!r} needs a positive number and minutes, hours or days")
    return Rate(int(body[0]) * _UNITS[unit])


def _members(text: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    """Return the numbers of a field with commas, ranges and steps."""
    return frozenset(number for part in text.split(",") for number in _part(part, low, high, names or {}))


def _part(part: str, low: int, high: int, names: dict[str, int]) -> Iterator[int]:
    span, _, step = part.partition("/")
    if span in ("*", "?"):
        first, last = low, high
    elif "-" in span:
        first, last = (_number(end, names) for end in span.split("-"))
    else:
        first = _number(span, names)
        last = high if step else first
    if not low <= first <= high or not low <= last <= high:
        raise ValueError(f"{part} is outside {low}-{high}")
    yield from range(first, last + 1, int(step or 1))


def _number(text: str, names: dict[str, int]) -> int:
    return names[text] if text in names else int(text)


def _days_of_month(text: str, day: date) -> frozenset[int]:
    last = calendar.monthrange(day.year, day.month)[1]
    if text == "L":
        return frozenset({last})
    if text.endswith("W"):
        return frozenset({_nearest_weekday(min(int(text[:-1] or last), last), day, last)})
    return _members(text, 1, 31)


def _nearest_weekday(number: int, day: date, last: int) -> int:
    """Return the weekday (Monday to Friday) that is closest to a day and in the same month."""
    weekday = day.replace(day=number).weekday()
    if weekday == 5:
        return number - 1 if number > 1 else number + 2
    if weekday == 6:
        return number + 1 if number < last else number - 2
    return number


def _days_by_weekday(text: str, day: date) -> frozenset[int]:
    last = calendar.monthrange(day.year, day.month)[1]
    numbers = {n: day.replace(day=n).isoweekday() % 7 + 1 for n in range(1, last + 1)}
    if "#" in text:
        weekday, nth = text.split("#")
        same = [n for n, found in numbers.items() if found == _number(weekday, _DAYS)]
        return frozenset(same[int(nth) - 1 : int(nth)])
    if text.endswith("L"):
        wanted = _number(text[:-1], _DAYS) if text != "L" else 7
        return frozenset({max(n for n, found in numbers.items() if found == wanted)})
    wanted_days = _members(text, 1, 7, _DAYS)
    return frozenset(n for n, found in numbers.items() if found in wanted_days)
