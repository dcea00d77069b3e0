"""Starting, watching and stopping a training."""

import inspect
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stop_solution_version.handler
from animal_recommender.retraining.solution_versions import version_name
from create_solution_version.handler import create
from describe_solution_version.handler import assess
from tests.unit.functions.retraining.fakes import NOW, RUN, SOLUTION, FakePersonalize, model


def test_given_no_version_of_this_run_when_created_then_it_is_named_after_the_execution(
    personalize: FakePersonalize,
) -> None:
    personalize.add_version("run-0", age=timedelta(days=1))

    created = create(personalize, model(trainingMode="UPDATE"), RUN)

    assert personalize.calls == [
        ("create_solution_version", {"name": "run-1", "solutionArn": SOLUTION, "trainingMode": "UPDATE"})
    ]
    assert created == {"solutionVersionArn": f"{SOLUTION}/1", "name": "run-1"}


def test_given_a_repeated_call_when_created_then_the_first_version_is_found(personalize: FakePersonalize) -> None:
    first = create(personalize, model(), RUN)

    assert create(personalize, model(), RUN) == first
    assert len(personalize.calls) == 1


@given(st.text(min_size=1, max_size=80))
def test_given_any_execution_name_when_named_then_personalize_takes_it(name: str) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,62}", version_name(name))


def test_given_long_names_that_differ_at_the_end_when_named_then_the_versions_differ() -> None:
    assert version_name("x" * 79 + "a") != version_name("x" * 79 + "b")


@pytest.mark.parametrize(
    ("version", "state", "reason"),
    [
        ({"status": "ACTIVE", "trainingHours": 0.5}, "active", None),
        ({"status": "CREATE PENDING"}, "pending", None),
        ({"status": "CREATE IN_PROGRESS"}, "pending", None),
        ({"status": "CREATE FAILED", "failureReason": "too few users"}, "failed", "too few users"),
        ({"status": "CREATE STOPPED"}, "failed", "the version is CREATE STOPPED; Personalize gave no reason"),
        ({"status": "INACTIVE"}, "failed", "the version is INACTIVE; Personalize gave no reason"),  # no substring
    ],
)
def test_given_a_status_when_assessed_then_it_is_compared_for_equality(version: Any, state: str, reason: Any) -> None:
    training = assess({"creationDateTime": NOW, **version}, 3600, NOW + timedelta(minutes=30))

    assert (training["state"], training["failureReason"], training["minutes"]) == (state, reason, 30.0)
    assert training["trainingHours"] == version.get("trainingHours")


def test_given_a_training_beyond_its_time_when_assessed_then_it_is_expired() -> None:
    version = {"creationDateTime": NOW, "status": "CREATE IN_PROGRESS"}

    training = assess(version, 7200, NOW + timedelta(hours=3))

    assert training["state"] == "expired"
    assert training["failureReason"] == "the training was still CREATE IN_PROGRESS after 2:00:00 (h:mm:ss)"


def test_given_trainings_when_a_run_is_stopped_then_only_its_own_that_is_under_way_is(
    personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    personalize.add_version("run-1", "CREATE FAILED")
    own = personalize.add_version("run-1", "CREATE IN_PROGRESS")
    personalize.add_version("somebody-else", "CREATE IN_PROGRESS")
    monkeypatch.setattr(stop_solution_version.handler, "client", lambda _: personalize)

    stopped = _handle(stop_solution_version.handler, {"executionName": "run-1", "solutionArns": [SOLUTION]})

    assert stopped == {"solutionVersionArns": [own]}
    assert personalize.calls == [("stop_solution_version_creation", {"solutionVersionArn": own})]


def _handle(module: Any, event: Any) -> Any:
    return inspect.unwrap(module.handler)(event, None)
