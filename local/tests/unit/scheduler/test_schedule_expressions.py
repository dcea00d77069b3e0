"""When schedules fire, by expressions whose answer a calendar tells."""

from datetime import UTC, datetime, timedelta

import pytest

from local_aws.scheduler.schedule_expressions import InvalidExpressionError, parse_schedule

MONDAY = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 3 * * ? *)", "2026-11-24T03:00:00+00:00"),
        ("cron(0 3 ? * SUN *)", "2026-11-29T03:00:00+00:00"),
        ("cron(*/15 * * * ? *)", "2026-11-23T12:15:00+00:00"),
        ("cron(0/5 8-17 ? * MON-FRI *)", "2026-11-23T12:05:00+00:00"),
        ("cron(0 0 L * ? *)", "2026-11-30T00:00:00+00:00"),
        ("cron(0 9 1W * ? 2027)", "2027-01-01T09:00:00+00:00"),
        ("cron(0 9 ? * 2#1 *)", "2026-12-07T09:00:00+00:00"),
        ("cron(0 9 ? * 6L *)", "2026-11-27T09:00:00+00:00"),
        ("cron(0 12 29 FEB ? *)", "2028-02-29T12:00:00+00:00"),
        ("cron(0 12 1 JAN,JUL ? *)", "2027-01-01T12:00:00+00:00"),
        ("at(2026-12-24T18:00:00)", "2026-12-24T18:00:00+00:00"),
    ],
)
def test_the_next_time_is_the_calendars(expression: str, expected: str) -> None:
    due = parse_schedule(expression).next_after(MONDAY, MONDAY)
    assert due is not None
    assert due.isoformat() == expected


def test_a_rate_is_counted_from_its_beginning() -> None:
    beginning = MONDAY - timedelta(minutes=7)
    assert parse_schedule("rate(5 minutes)").next_after(MONDAY, beginning) == beginning + timedelta(minutes=10)


def test_a_time_zone_moves_the_hour_with_summer_time() -> None:
    schedule = parse_schedule("cron(0 3 * * ? *)", "Europe/Berlin")
    winter, summer = (schedule.next_after(datetime(2026, m, 10, tzinfo=UTC), MONDAY) for m in (1, 7))
    assert (winter.astimezone(UTC).hour, summer.astimezone(UTC).hour) == (2, 1)


def test_an_hour_that_the_clock_skips_does_not_exist_that_day() -> None:
    schedule = parse_schedule("cron(30 2 * * ? *)", "Europe/Berlin")
    due = schedule.next_after(datetime(2026, 3, 29, 0, 0, tzinfo=UTC), MONDAY)
    assert due is not None
    assert due.date().isoformat() == "2026-03-30"


def test_what_is_past_never_fires() -> None:
    assert parse_schedule("at(2020-01-01T00:00:00)").next_after(MONDAY, MONDAY) is None
    assert parse_schedule("cron(0 0 1 1 ? 2020)").next_after(MONDAY, MONDAY) is None


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "daily",
        "rate(0 minutes)",
        "rate(5 fortnights)",
        "cron(0 3 * * *)",
        "cron(0 3 * * * *)",
        "cron(0 25 * * ? *)",
    ],
)
def test_a_wrong_expression_is_refused(expression: str) -> None:
    with pytest.raises(InvalidExpressionError):
        parse_schedule(expression)
