"""Times are epoch seconds; what AWS accepts is at most a warning."""

import pytest

from scripts.check.seed.findings import ERROR, WARNING, Findings
from scripts.check.seed.times import check_creation_time, check_interaction_time, day, read_seconds

NOW = 1_735_700_000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1735700000", NOW), (" 5 ", 5), ("-5", -5), ("1e9", None), ("", None), ("٣", None), ("9" * 21, None)],
)
def test_given_a_value_when_read_then_it_is_a_whole_number_or_none(text: str, seconds: int | None) -> None:
    assert read_seconds({"TIMESTAMP": text}, "TIMESTAMP") == seconds


@pytest.mark.parametrize(
    ("seconds", "rule"),
    [
        (NOW, None),
        (0, "time unit"),
        (20_241_231, "time unit"),
        (NOW * 1000, "time unit"),
        (-1, "time unit"),
        (NOW + 7_200, "time range"),
    ],
)
def test_given_an_interactions_time_then_what_cannot_be_meant_is_an_error(seconds: int, rule: str | None) -> None:
    findings = Findings()
    assert check_interaction_time(seconds, 2, NOW, findings) == (rule is None)
    assert dict(findings.counts) == ({(ERROR, rule): 1} if rule else {})


@pytest.mark.parametrize(
    ("seconds", "kind"),
    [
        (NOW, None),
        (0, (WARNING, "time range")),
        (20_241_231, (WARNING, "time range")),
        (NOW + 7_200, (WARNING, "time range")),
        (NOW * 1000, (ERROR, "time unit")),
        (-1, (ERROR, "time unit")),
    ],
)
def test_given_a_creation_time_then_1970_is_a_warning(seconds: int, kind: tuple[str, str] | None) -> None:
    findings = Findings()
    check_creation_time(seconds, 2, NOW, findings)
    assert dict(findings.counts) == ({kind: 1} if kind else {})


def test_given_seconds_then_their_day_is_in_utc() -> None:
    assert day(0) == "1970-01-01"
