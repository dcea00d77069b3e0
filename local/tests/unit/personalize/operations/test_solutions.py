"""Solutions."""

from typing import Any

import pytest

from local_aws.personalize.errors import (
    InvalidInputError,
    NotSupportedError,
)
from local_aws.testing.in_process import InProcessPersonalize

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

    with pytest.raises(NotSupportedError, match="aws-similar-items"):
        create(recipeArn="arn:aws:personalize:::recipe/aws-similar-items")
    with pytest.raises(InvalidInputError, match="does not exist"):
        create(recipeArn="arn:aws:personalize:::recipe/aws-nothing")
    with pytest.raises(NotSupportedError, match="performHPO"):
        create(recipeArn=RECIPE, performHPO=True)
    with pytest.raises(InvalidInputError, match="bptt"):
        create(recipeArn=RECIPE, solutionConfig={"algorithmHyperParameters": {"bptt": "64"}})
    with pytest.raises(NotSupportedError, match="Domain"):
        with_data.call("CreateDatasetGroup", name="shop", domain="ECOMMERCE")
    with pytest.raises(NotSupportedError, match="StartRecommender"):
        with_data.call("StartRecommender", recommenderArn="arn:aws:personalize:us-east-1:123456789012:recommender/x")
