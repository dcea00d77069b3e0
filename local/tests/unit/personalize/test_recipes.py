"""Where the two versions of User-Personalization and Personalized-Ranking differ, as the developer guide says."""

import pytest

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.recipe import PREFIX
from local_aws.personalize.recipes import RECIPES
from local_aws.testing.in_process import NOW, InProcessPersonalize

V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"


def put_new_item(personalize: InProcessPersonalize) -> None:
    properties = f'{{"species": "cat", "creationTimestamp": {NOW + 2000}}}'
    personalize.call(
        "PutItems", datasetArn=personalize.arns["Items"], items=[{"itemId": "new", "properties": properties}]
    )


def test_given_the_second_version_when_a_new_item_is_put_then_it_is_explored_without_a_configuration(
    with_data: InProcessPersonalize,
) -> None:
    with_data.deploy(V2)
    put_new_item(with_data)
    with_data.recommend("u0")
    with_data.wait_idle()
    # The fake recommender gives the last of ten places to a new item if one in ten is explored.
    request = {"campaignArn": with_data.arns["campaign"], "userId": "u0", "numResults": 10}
    items = with_data.call("GetRecommendations", **request)["itemList"]
    assert [(item["itemId"], item.get("reason")) for item in items if "reason" in item] == [("new", ["Exploration"])]


def test_given_the_second_version_when_an_exploration_is_configured_then_it_is_refused(
    with_data: InProcessPersonalize,
) -> None:
    with_data.deploy(V2)
    version = with_data.call("DescribeCampaign", campaignArn=with_data.arns["campaign"])["campaign"]
    with pytest.raises(InvalidInputError, match=f"{V2} takes no itemExplorationConfig"):
        with_data.call(
            "CreateCampaign",
            name="another",
            solutionVersionArn=version["solutionVersionArn"],
            campaignConfig={"itemExplorationConfig": {"explorationWeight": "0.5"}},
        )


@pytest.mark.parametrize(("recipe", "enabled"), [(V1, False), (V2, True)])
def test_given_no_configuration_when_metadata_are_requested_then_only_the_second_version_returns_them(
    with_data: InProcessPersonalize, recipe: str, enabled: bool
) -> None:
    request = {"campaignArn": with_data.deploy(recipe), "userId": "u0", "metadataColumns": {"ITEMS": ["SPECIES"]}}
    if enabled:
        assert "species" in with_data.call("GetRecommendations", **request)["itemList"][0]["metadata"]
    else:
        with pytest.raises(InvalidInputError, match="not enabled"):
            with_data.call("GetRecommendations", **request)


def test_given_the_second_version_when_hpo_is_asked_for_then_it_is_refused(with_data: InProcessPersonalize) -> None:
    with pytest.raises(InvalidInputError, match=f"{V2} has no hyperparameters to optimize"):
        with_data.call(
            "CreateSolution",
            name="s",
            datasetGroupArn=with_data.arns["group"],
            recipeArn=f"{PREFIX}recipe/{V2}",
            performHPO=True,
        )


def test_given_an_algorithm_when_described_then_it_says_which_hyperparameters_can_be_tuned(
    with_data: InProcessPersonalize,
) -> None:
    def tunable(recipe: str) -> dict[str, bool]:
        arn = RECIPES[f"{PREFIX}recipe/{recipe}"].algorithm_arn
        ranges = with_data.call("DescribeAlgorithm", algorithmArn=arn)["algorithm"]["defaultHyperParameterRanges"]
        return {one["name"]: one["isTunable"] for kind in ranges.values() for one in kind}

    assert tunable(V1) == {"hidden_dimension": True, "bptt": True, "recency_mask": True}
    assert tunable(V2) == {"apply_recency_bias": False}


@pytest.mark.parametrize(("bptt", "remembers"), [("2", False), ("32", True)])
def test_given_a_bptt_when_requested_then_a_small_one_forgets_early_events(
    with_data: InProcessPersonalize, bptt: str, remembers: bool
) -> None:
    with_data.deploy(V1, algorithmHyperParameters={"bptt": bptt})
    # Two parts of 32 of the 200 events of a history are the newest dozen. The fake recommender counts every event.
    for _ in range(3):
        with_data.put_views("s", *(f"i{n}" for n in range(10)), user="u", sentAt=NOW + 6000 + _)
    for _ in range(2):
        with_data.put_views("s", *(f"i{n}" for n in range(20, 30)), user="u", sentAt=NOW + 7000 + _)
    cats = {f"i{n}" for n in range(20)}
    assert (set(with_data.recommend("u", 3)) <= cats) is remembers
