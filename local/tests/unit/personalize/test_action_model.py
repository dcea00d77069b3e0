"""How likely users are to take an action."""

import pytest

from local_aws.personalize.action_model import ActionModel, event_type
from local_aws.recommender import Event

NOW = 1_700_000_000.0


def events(action: str, taken: int, viewed: int, time: float = NOW) -> list[Event]:
    return [Event(action, time, "Taken")] * taken + [Event(action, time, "Viewed")] * viewed


@pytest.mark.parametrize(
    ("text", "expected"), [("Taken", "TAKEN"), ("Not taken", "NOT_TAKEN"), ("VIEWED", "VIEWED"), ("click", None)]
)
def test_given_a_text_then_it_is_one_of_the_three_event_types(text: str, expected: str | None) -> None:
    assert event_type(text) == expected


def test_given_enough_interactions_then_the_score_is_near_the_share_of_takers() -> None:
    model = ActionModel.fit(events("enroll", 60, 180))
    assert model.score("enroll", []) == pytest.approx(0.25)
    assert model.score("unknown", []) == 0.0


@pytest.mark.parametrize(("taken", "viewed", "age"), [(49, 100, 0), (100, 49, 0), (100, 100, 43 * 86_400)])
def test_given_too_few_recent_interactions_then_the_score_is_zero(taken: int, viewed: int, age: float) -> None:
    newest = events("other", 50, 50)
    assert ActionModel.fit(newest + events("enroll", taken, viewed, NOW - age)).score("enroll", []) == 0.0


def test_given_what_a_user_did_before_then_the_score_follows() -> None:
    model = ActionModel.fit(events("enroll", 100, 100) + events("install", 100, 100))
    usual = model.score("enroll", [])
    assert model.score("enroll", events("install", 3, 0)) > usual
    assert model.score("enroll", events("enroll", 0, 3)) < usual
    assert ActionModel.from_bytes(model.to_bytes()) == model
