"""Training: which events are used, failures, and updates of a model."""

import math

import pytest

from local_aws.personalize.data import InteractionLog, StreamedEvent
from local_aws.personalize.errors import (
    InvalidInputError,
)
from local_aws.personalize.training import EventFilter, training_items, unused_columns
from local_aws.testing.in_process import INTERACTIONS, NOW, USERS, InProcessPersonalize, interactions_csv


def test_given_anonymous_events_when_filtered_for_training_then_only_known_users_remain() -> None:
    log = InteractionLog()
    log.record(StreamedEvent("u", "x", "1", NOW + 1, "view", "i"))
    log.record(StreamedEvent(None, "stranger", "2", NOW + 2, "view", "i"))
    log.record(StreamedEvent("u", "x", "3", NOW, "search"))
    interactions = EventFilter().filter_columns(log.columns())
    assert (interactions.user_ids, interactions.item_ids) == (["u"], ["i"])


def test_given_a_fault_when_a_training_runs_then_it_fails_with_the_reason_and_the_next_succeeds(
    with_data: InProcessPersonalize,
) -> None:
    with_data.app.faults.add({"failNextTraining": {"solution": "out of capacity"}})
    failed, succeeded = (with_data.train(with_data.arns["solution"]) for _ in range(2))
    assert (failed["status"], failed["failureReason"]) == ("CREATE FAILED", "out of capacity")
    assert succeeded["status"] == "ACTIVE"


RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


def test_given_too_little_data_when_trained_then_it_fails_with_a_reason(personalize: InProcessPersonalize) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    personalize.import_csv("Interactions", interactions_csv(users=10, each=150))
    solution = personalize.call(
        "CreateSolution",
        name="s",
        datasetGroupArn=personalize.arns["group"],
        recipeArn=RECIPE,
        performAutoTraining=False,
    )["solutionArn"]
    version = personalize.train(solution)
    assert version["status"] == "CREATE FAILED"
    assert "25" in version["failureReason"]
    with pytest.raises(InvalidInputError, match="not ACTIVE"):
        personalize.call("GetSolutionMetrics", solutionVersionArn=version["solutionVersionArn"])
    with pytest.raises(InvalidInputError, match="not ACTIVE"):
        personalize.call("CreateCampaign", name="c", solutionVersionArn=version["solutionVersionArn"])


def create_solution(with_data: InProcessPersonalize, name: str, **request: object) -> str:
    """Return the ARN of a solution."""
    group = with_data.arns["group"]
    request = {"recipeArn": RECIPE, "performAutoTraining": False} | request
    return with_data.call("CreateSolution", name=name, datasetGroupArn=group, **request)["solutionArn"]


def test_given_an_event_type_when_trained_then_only_such_events_are_used(with_data: InProcessPersonalize) -> None:
    # 300 of the 1,200 events are applications, which are too few to train on.
    applications = with_data.train(create_solution(with_data, "applications", eventType="apply"))
    assert applications["status"] == "CREATE FAILED"
    both = {"eventParametersList": [{"eventType": "View"}, {"eventType": "apply", "weight": 1.0}]}
    config = {"eventsConfig": both}
    weighted = with_data.train(create_solution(with_data, "both", recipeArn=f"{RECIPE}-v2", solutionConfig=config))
    assert weighted["status"] == "ACTIVE"
    assert weighted["trainingHours"] > 0
    assert (weighted["trainingType"], weighted["trainingMode"]) == ("MANUAL", "FULL")


def test_given_an_event_type_that_weighs_nothing_when_trained_then_its_events_are_not_used() -> None:
    listed = [{"eventType": "view", "weight": 0.0}, {"eventType": "Apply", "weight": 0.5}]
    used = EventFilter.from_version({"solutionConfig": {"eventsConfig": {"eventParametersList": listed}}})
    assert [used.keeps(one, None) for one in ("view", "apply", "search", None)] == [False, True, False, False]


def test_given_training_mode_update_when_allowed_then_it_keeps_the_model_and_its_metrics(
    with_campaign: InProcessPersonalize,
) -> None:
    updated = with_campaign.train(with_campaign.arns["solution"], trainingMode="UPDATE")
    assert updated["status"] == "ACTIVE"
    metrics = [
        with_campaign.call("GetSolutionMetrics", solutionVersionArn=arn)["metrics"]
        for arn in (with_campaign.arns["version"], updated["solutionVersionArn"])
    ]
    assert metrics[0] == metrics[1]
    assert set(metrics[0]) >= {"coverage", "mean_reciprocal_rank_at_25", "precision_at_5"}
    with pytest.raises(InvalidInputError, match="AUTOTRAIN"):
        with_campaign.train(with_campaign.arns["solution"], trainingMode="AUTOTRAIN")


def test_given_columns_that_are_left_out_when_trained_then_the_recommender_does_not_see_them(
    with_data: InProcessPersonalize,
) -> None:
    excluded = {"Items": ["PRICE", "CREATION_TIMESTAMP"], "Interactions": ["EVENT_TYPE"], "Users": ["LEVEL"]}
    config = {
        "trainingDataConfig": {"excludedDatasetColumns": excluded, "includedDatasetColumns": {"Items": ["PRICE"]}}
    }
    with_data.create_dataset("Users", USERS)
    solution = with_data.app.service().store.get(create_solution(with_data, "narrow", solutionConfig=config))
    items = training_items(with_data.app.service(), solution)
    assert items
    assert not items.metadata
    assert all(math.isnan(time or 0) for time in items.creation_timestamps or ())
    assert unused_columns(with_data.app.service(), solution)["Users"] == {"LEVEL"}


def test_given_a_column_that_does_not_exist_when_it_is_left_out_then_the_error_names_it(
    with_data: InProcessPersonalize,
) -> None:
    config = {"trainingDataConfig": {"excludedDatasetColumns": {"Items": ["COLOUR"]}}}
    with pytest.raises(InvalidInputError, match="excludedDatasetColumns: the Items dataset has no column COLOUR"):
        create_solution(with_data, "narrow", solutionConfig=config)
