"""The models of a run, and the overrides of its input."""

from typing import Any

import pytest

from animal_recommender.validation import ValidationError
from plan_retraining.models import plan_models, plan_waiting, read_scheduled
from tests.unit.functions.retraining import model

CONFIGURED = [model(), model(name="reranker", kind="ranking")]


def test_given_no_input_when_planned_then_every_model_runs_by_its_own_rules() -> None:
    assert plan_models(CONFIGURED, {}) == CONFIGURED


def test_given_an_override_when_planned_then_only_that_model_changes() -> None:
    planned = plan_models(CONFIGURED, {"models": {"reranker": {"threshold": 0.9, "minimumNewInteractions": 0}}})

    assert [(one["threshold"], one["minimumNewInteractions"]) for one in planned] == [(0.01, 100), (0.9, 0)]


def test_given_only_one_model_when_planned_then_the_other_does_not_run() -> None:
    assert [one["name"] for one in plan_models(CONFIGURED, {"only": ["reranker"]})] == ["reranker"]


def test_given_settings_without_options_when_planned_then_defaults_are_filled_in() -> None:
    optional = ("trainingMode", "threshold", "popularitySolutionArn", "monthlyTrainingHours")
    bare = {key: value for key, value in model().items() if key not in optional}

    (planned,) = plan_models([bare], {})

    assert [planned[name] for name in optional] == ["FULL", None, "", None]  # type: ignore[literal-required]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ([], "input: must be a JSON object"),
        ({"modles": {}}, "input.modles: is unknown; valid: models, only"),
        ({"models": {"recomender": {}}}, "input.models.recomender: is unknown; valid: recommender, reranker"),
        (
            {"models": {"reranker": {"treshold": 1}}},
            "input.models.reranker.treshold: is unknown; valid: metric, threshold",
        ),
        ({"models": {"reranker": {"campaignArn": "x"}}}, "input.models.reranker.campaignArn: is unknown"),
        ({"models": {"reranker": 3}}, "input.models.reranker: must be an object"),
        ({"models": []}, "input.models: must be an object"),
        ({"models": {"reranker": {"threshold": "high"}}}, "models.reranker.threshold: must be a number"),
        ({"models": {"reranker": {"threshold": True}}}, "models.reranker.threshold: must be a number"),
        (
            {"models": {"reranker": {"regressionTolerance": 2}}},
            "models.reranker.regressionTolerance: must be a number of 0 to 1",
        ),
        ({"models": {"reranker": {"metric": "accuracy"}}}, "models.reranker.metric: must be one of: coverage"),
        ({"models": {"reranker": {"trainingMode": "full"}}}, "models.reranker.trainingMode: must be one of: FULL"),
        ({"models": {"reranker": {"minimumNewInteractions": -1}}}, "models.reranker.minimumNewInteractions: must be"),
        ({"only": []}, "input.only: must be a list of some of: recommender, reranker"),
        ({"only": ["other"]}, "input.only: must be a list of some of"),
    ],
)
def test_given_wrong_input_when_planned_then_the_error_names_the_field_and_what_is_valid(
    given: Any, named: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        plan_models(CONFIGURED, given)

    assert named in str(refused.value)


def test_given_several_wrong_fields_when_planned_then_all_are_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        plan_models(CONFIGURED, {"models": {"recommender": {"threshold": "?"}, "reranker": {"minimumCoverage": 7}}})

    assert {error.field for error in refused.value.errors} == {
        "models.recommender.threshold",
        "models.reranker.minimumCoverage",
    }


def test_given_a_ranking_model_without_canary_items_when_planned_then_it_is_refused() -> None:
    with pytest.raises(ValidationError, match="canaryItemIds"):
        plan_models([model(kind="ranking", canaryItemIds=[])], {})


def test_given_models_of_similar_and_of_trending_items_when_planned_then_only_similar_ones_need_canary_items() -> None:
    planned = plan_models([model(kind="similar"), model(kind="trending", canaryItemIds=[])], {})

    assert [one["kind"] for one in planned] == ["similar", "trending"]
    with pytest.raises(ValidationError, match="canaryItemIds"):
        plan_models([model(kind="similar", canaryItemIds=[])], {})


WAITING = {"trainingPollSeconds": 300, "trainingTimeoutSeconds": 86400}


def test_given_waiting_times_when_planned_then_they_override_what_is_configured() -> None:
    assert plan_waiting(WAITING, {}) == WAITING
    assert plan_waiting(WAITING, {"waiting": {"trainingPollSeconds": 5}}) == {**WAITING, "trainingPollSeconds": 5}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"trainingPollSeconds": 0}, "input.waiting.trainingPollSeconds: must be an integer of 1-259200"),
        ({"polls": 1}, "input.waiting.polls: is unknown; valid: trainingPollSeconds, trainingTimeoutSeconds"),
        ([1], "input.waiting: must be an object of: trainingPollSeconds"),
    ],
)
def test_given_wrong_waiting_times_when_planned_then_the_error_names_them(given: Any, named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        plan_waiting(WAITING, {"waiting": given})

    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("given", "scheduled"), [({}, False), ({"scheduled": True}, True), ({"scheduled": False}, False)]
)
def test_given_an_input_when_planned_then_it_says_whether_the_schedule_started_the_run(
    given: Any, scheduled: bool
) -> None:
    assert read_scheduled(given) is scheduled
    assert plan_models(CONFIGURED, given) == CONFIGURED


def test_given_a_wrong_word_for_the_schedule_when_planned_then_the_error_names_it() -> None:
    with pytest.raises(ValidationError, match=r"input\.scheduled: must be true or false"):
        read_scheduled({"scheduled": "yes"})
