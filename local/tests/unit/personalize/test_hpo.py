"""Hyperparameter optimization."""

from typing import Any

import pytest

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.hpo import candidates, check_hpo
from local_aws.personalize.recipe import PREFIX
from local_aws.personalize.recipes import RECIPES
from local_aws.testing.in_process import InProcessPersonalize

SIMS = RECIPES[f"{PREFIX}recipe/aws-sims"]
DISCOUNT = {"name": "popularity_discount_factor", "minValue": 0.4, "maxValue": 0.6}


def config(jobs: str = "6", **ranges: list[dict[str, Any]]) -> dict[str, Any]:
    resources = {"maxNumberOfTrainingJobs": jobs, "maxParallelTrainingJobs": "2"}
    return {"hpoConfig": {"hpoResourceConfig": resources, "algorithmHyperParameterRanges": ranges}}


def test_given_ranges_then_the_candidates_lie_within_them_and_are_distinct() -> None:
    tried = candidates(SIMS, config(continuousHyperParameterRanges=[DISCOUNT]))
    assert tried[0] == {"popularity_discount_factor": "0.5", "min_cointeraction_count": "3"}
    assert len(tried) == len({tuple(one.items()) for one in tried}) == 6
    assert all(0.4 <= float(one["popularity_discount_factor"]) <= 0.6 for one in tried)
    assert all(0 <= int(one["min_cointeraction_count"]) <= 10 for one in tried)


def test_given_few_possible_values_then_each_is_tried_once() -> None:
    tried = candidates(RECIPES[f"{PREFIX}recipe/aws-user-personalization"], config("40"))
    assert sorted(one["recency_mask"].lower() for one in tried) == ["false", "true", "true"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (config("0"), "between 1 and 40, not 0"),
        (config(continuousHyperParameterRanges=[DISCOUNT | {"maxValue": 1.5}]), "between 0 and 1"),
        (config(continuousHyperParameterRanges=[DISCOUNT | {"maxValue": 0.1}]), "is empty"),
        (
            config(integerHyperParameterRanges=[{"name": "bptt", "minValue": 2, "maxValue": 3}]),
            "no hyperparameter bptt",
        ),
    ],
)
def test_given_a_config_that_no_search_could_use_then_the_error_names_it(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        check_hpo(SIMS, given)


def test_given_a_solution_with_hpo_when_trained_then_its_version_names_the_tuned_values(
    with_data: InProcessPersonalize,
) -> None:
    arn = with_data.call(
        "CreateSolution",
        name="tuned",
        datasetGroupArn=with_data.arns["group"],
        recipeArn=SIMS.arn,
        performHPO=True,
        performAutoTraining=False,
        solutionConfig=config(),
    )["solutionArn"]
    version = with_data.train(arn)
    assert version["performHPO"] is True
    assert version["tunedHPOParams"]["algorithmHyperParameters"] == candidates(SIMS, config())[-1]
    with pytest.raises(InvalidInputError, match="no hyperparameters to optimize"):
        with_data.call(
            "CreateSolution",
            name="popular",
            datasetGroupArn=with_data.arns["group"],
            recipeArn=f"{PREFIX}recipe/aws-popularity-count",
            performHPO=True,
        )
