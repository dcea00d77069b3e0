"""Solutions."""

from typing import Any

import pytest

from local_aws.personalize.errors import (
    InvalidInputError,
    NotSupportedError,
)
from local_aws.testing.in_process import InProcessPersonalize
from local_aws.testing.personalize_account import personalize_account

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"autoTrainingConfig": {"schedulingExpression": "rate(0 days)"}}, "1 to 30 days, not 0"),
        ({"algorithmHyperParameters": {"recency_mask": "maybe"}}, "true or false, not maybe"),
        ({"algorithmHyperParameters": {"bptt": "\u00b2"}}, "between 2 and 32"),
        ({"eventValueThreshold": "nan"}, "must be a number, not nan"),
    ],
)
def test_given_a_value_that_no_training_could_use_when_a_solution_is_created_then_it_is_rejected(
    with_data: InProcessPersonalize, config: dict[str, Any], message: str
) -> None:
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
    request = {"name": "s", "datasetGroupArn": with_data.arns["group"], "recipeArn": recipe, "eventType": "view"}
    with pytest.raises(InvalidInputError, match=message):
        with_data.call("CreateSolution", solutionConfig=config, **request)


def test_given_unsupported_recipes_and_settings_when_created_then_the_error_names_them(
    with_data: InProcessPersonalize,
) -> None:
    group = with_data.arns["group"]

    def create(**request: object) -> None:
        with_data.call("CreateSolution", name="x", datasetGroupArn=group, **request)

    with pytest.raises(InvalidInputError, match="is retired"):
        create(recipeArn="arn:aws:personalize:::recipe/aws-hrnn")
    with pytest.raises(InvalidInputError, match="does not exist"):
        create(recipeArn="arn:aws:personalize:::recipe/aws-nothing")
    with pytest.raises(NotSupportedError, match="performAutoML"):
        create(recipeArn=RECIPE, performAutoML=True)
    with pytest.raises(NotSupportedError, match="autoMLConfig"):
        create(recipeArn=RECIPE, solutionConfig={"autoMLConfig": {"metricName": "coverage"}})
    objective = {"type": "Maximize", "metricName": "coverage", "metricRegex": "c"}
    with pytest.raises(InvalidInputError, match="hpoObjective cannot be configured"):
        create(recipeArn=RECIPE, performHPO=True, solutionConfig={"hpoConfig": {"hpoObjective": objective}})
    with pytest.raises(InvalidInputError, match="bptt"):
        create(recipeArn=RECIPE, solutionConfig={"algorithmHyperParameters": {"bptt": "64"}})
    with pytest.raises(InvalidInputError, match="aws-semantic-similarity"):
        create(recipeArn=RECIPE, performIncrementalUpdate=True)
    with pytest.raises(InvalidInputError, match="create a recommender"):
        create(recipeArn="arn:aws:personalize:::recipe/aws-vod-top-picks")


@pytest.mark.parametrize(
    ("recipe", "config", "message"),
    [
        ("aws-sims", {"algorithmHyperParameters": {"min_cointeraction_count": "11"}}, "between 0 and 10"),
        ("aws-sims", {"algorithmHyperParameters": {"popularity_discount_factor": "1.5"}}, "between 0 and 1"),
        ("aws-similar-items", {"algorithmHyperParameters": {"bptt": "8"}}, "no hyperparameter bptt"),
        ("aws-trending-now", {"featureTransformationParameters": {"trend_discovery_frequency": "5 days"}}, "5 days"),
        ("aws-user-personalization-v2", {"featureTransformationParameters": {"bptt": "8"}}, "no hyperparameter bptt"),
    ],
)
def test_given_a_hyperparameter_that_the_recipe_does_not_take_then_the_error_names_it(
    with_data: InProcessPersonalize, recipe: str, config: dict[str, Any], message: str
) -> None:
    request = {"name": "s", "datasetGroupArn": with_data.arns["group"]}
    with pytest.raises(InvalidInputError, match=message):
        with_data.call(
            "CreateSolution",
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            solutionConfig=config,
            **request,
        )


def _weights(**weights: float) -> dict[str, Any]:
    listed = [{"eventType": name, "weight": weight} for name, weight in weights.items()]
    return {"eventsConfig": {"eventParametersList": listed}}


def test_given_an_events_config_when_updated_then_it_becomes_that_of_the_solution_and_of_its_next_version(
    with_data: InProcessPersonalize,
) -> None:
    group = with_data.arns["group"]
    settings = {"recipeArn": f"{RECIPE}-v2", "solutionConfig": _weights(view=0.1, apply=1.0)}
    arn = with_data.call("CreateSolution", name="s", datasetGroupArn=group, performAutoTraining=False, **settings)[
        "solutionArn"
    ]
    with_data.call("UpdateSolution", solutionArn=arn, solutionUpdateConfig=_weights(view=0.5, apply=1.0))
    solution = with_data.call("DescribeSolution", solutionArn=arn)["solution"]
    assert solution["solutionConfig"] == _weights(view=0.5, apply=1.0)
    assert solution["latestSolutionUpdate"]["solutionUpdateConfig"] == _weights(view=0.5, apply=1.0)
    assert with_data.train(arn)["solutionConfig"] == _weights(view=0.5, apply=1.0)


@pytest.mark.parametrize(
    ("recipe", "parameters", "message"),
    [
        (RECIPE, [{"eventType": "view", "weight": 1.0}], "aws-user-personalization takes no eventsConfig"),
        (f"{RECIPE}-v2", [{"weight": 1.0}], "needs an eventType"),
        (f"{RECIPE}-v2", [{"eventType": "view"}, {"eventType": "View"}], "same eventType twice"),
        (f"{RECIPE}-v2", [{"eventType": "view", "weight": 0.0}], "above 0"),
        (f"{RECIPE}-v2", [{"eventType": "view", "eventValueThreshold": 0.5}], "column EVENT_VALUE"),
    ],
)
def test_given_an_events_config_that_no_training_could_use_when_created_then_it_is_rejected(
    with_data: InProcessPersonalize, recipe: str, parameters: list[dict[str, Any]], message: str
) -> None:
    request = {"name": "s", "datasetGroupArn": with_data.arns["group"], "recipeArn": recipe}
    config = {"eventsConfig": {"eventParametersList": parameters}}
    with pytest.raises(InvalidInputError, match=message):
        with_data.call("CreateSolution", solutionConfig=config, **request)


def test_given_a_solution_of_a_recipe_without_event_weights_when_updated_with_some_then_rejected(
    with_campaign: InProcessPersonalize,
) -> None:
    with pytest.raises(InvalidInputError, match="takes no eventsConfig"):
        with_campaign.call(
            "UpdateSolution", solutionArn=with_campaign.arns["solution"], solutionUpdateConfig=_weights(view=1.0)
        )


def test_given_statuses_that_take_time_when_created_then_a_solution_is_active_at_once() -> None:
    with personalize_account() as account:
        response = account.client().create_solution(
            name="s", datasetGroupArn=account.group_arn, recipeArn=RECIPE, performAutoTraining=False
        )
        solution = account.client().describe_solution(solutionArn=response["solutionArn"])["solution"]
    assert solution["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("recipe", "attribute", "message"),
    [
        (RECIPE, "SPECIES", "no numerical column"),
        (RECIPE, "NOPE", "no numerical column"),
        (f"{RECIPE}-v2", "PRICE", "takes no optimizationObjective"),
    ],
)
def test_given_an_objective_that_no_recommendation_could_follow_when_created_then_it_is_rejected(
    with_data: InProcessPersonalize, recipe: str, attribute: str, message: str
) -> None:
    config = {"optimizationObjective": {"itemAttribute": attribute, "objectiveSensitivity": "HIGH"}}
    request = {"name": "s", "datasetGroupArn": with_data.arns["group"], "recipeArn": recipe}
    with pytest.raises(InvalidInputError, match=message):
        with_data.call("CreateSolution", solutionConfig=config, **request)
