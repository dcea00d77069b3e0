"""Settings: read by type, and every wrong variable is reported at once."""

from dataclasses import dataclass, field

import pytest

from animal_recommender.filters import parse_filters
from animal_recommender.settings import SettingsError, read_settings


@dataclass(frozen=True)
class Settings:
    table: str
    days: int
    timeout_seconds: float = 2.5
    filters: dict[str, object] = field(default_factory=dict, metadata={"parse": parse_filters})


def test_given_all_variables_when_read_then_they_have_their_types() -> None:
    environment = {"TABLE": "t", "DAYS": "30", "TIMEOUT_SECONDS": "1", "FILTERS": "{}", "OTHER": "x"}

    assert read_settings(Settings, environment) == Settings("t", 30, 1.0, {})


@pytest.mark.parametrize("absent", [{}, {"TIMEOUT_SECONDS": "", "FILTERS": ""}])
def test_given_absent_or_empty_variables_when_read_then_the_defaults_hold(absent: dict[str, str]) -> None:
    assert read_settings(Settings, {"TABLE": "t", "DAYS": "30", **absent}) == Settings("t", 30)


def test_given_several_wrong_variables_when_read_then_the_error_names_them_all_without_values() -> None:
    wrong = {"TABLE": "", "DAYS": "SECRET", "TIMEOUT_SECONDS": "SECRET", "FILTERS": '["SECRET"]'}

    with pytest.raises(SettingsError) as raised:
        read_settings(Settings, wrong)

    assert str(raised.value) == (
        "Wrong environment variables: TABLE is missing; DAYS must be an integer; TIMEOUT_SECONDS must be a number; "
        "FILTERS must be a JSON object of filter names, each with arn and placeholders"
    )
