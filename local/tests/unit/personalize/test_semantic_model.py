"""Items with similar texts, and the recipe Semantic-Similarity."""

from typing import Any

import pytest

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.semantic_model import SemanticModel
from local_aws.recommender import Items
from local_aws.testing.in_process import INTERACTIONS, NOW, InProcessPersonalize, interactions_csv, schema

RECIPE = "arn:aws:personalize:::recipe/aws-semantic-similarity"
CATALOGUE = Items(
    ["a", "b", "c", "d", "none"],
    {"TEXT": ["war|tank", "war|tank|peace", "war|love", "love|rose", None], "PRICE": [1.0, 2.0, 3.0, 4.0, 5.0]},
    [1.0, 2.0, 3.0, 4.0, None],
)
_TEXT = {"type": "string"}
ITEMS = schema(
    "Items",
    {"name": "ITEM_ID", **_TEXT},
    {"name": "TITLE", **_TEXT, "itemName": True},
    {"name": "PLOT", **_TEXT, "textual": True},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
)


def items_csv(count: int = 40) -> str:
    """Return items whose plots are about one of ten themes; `i0`, `i10`, `i20` and `i30` share one."""
    themes = ("tanks", "roses", "ships", "horses", "trains", "castles", "robots", "dragons", "bakers", "sailors")
    rows = [f"i{n},Title {themes[n % 10]},About {themes[n % 10]},{NOW - n * 86_400}" for n in range(count)]
    return "\n".join(["ITEM_ID,TITLE,PLOT,CREATION_TIMESTAMP", *rows])


def similar(model: SemanticModel, item: str, **influence: float) -> list[str]:
    return [scored.item_id for scored in model.similar(item, 3, None, influence)]


def test_given_texts_then_items_that_share_rare_words_are_similar() -> None:
    model = SemanticModel.from_bytes(SemanticModel.fit(CATALOGUE, {}).to_bytes())
    assert similar(model, "a") == ["b", "c"]
    assert similar(model, "none") == similar(model, "unknown") == []
    assert [scored.item_id for scored in model.similar("a", 3, {"c"}, {})] == ["c"]


def test_given_an_influence_then_popular_or_new_items_come_first() -> None:
    model = SemanticModel.fit(CATALOGUE, {"c": 10, "b": 1})
    assert similar(model, "a", POPULARITY=1.0) == ["c", "b"]
    assert similar(model, "a", FRESHNESS=1.0) == ["c", "b"]
    assert similar(model, "a", FRESHNESS=0.1) == ["b", "c"]


@pytest.fixture
def shop(personalize: InProcessPersonalize) -> InProcessPersonalize:
    """A dataset group with items only."""
    personalize.create_dataset("Items", ITEMS)
    personalize.import_csv("Items", items_csv(), "items")
    return personalize


def deploy(shop: InProcessPersonalize, **config: Any) -> dict[str, Any]:
    """Return the version of a campaign."""
    solution = shop.call(
        "CreateSolution", name="s", datasetGroupArn=shop.arns["group"], recipeArn=RECIPE, performAutoTraining=False
    )["solutionArn"]
    version = shop.train(solution)
    request = {"solutionVersionArn": version["solutionVersionArn"], "campaignConfig": config}
    shop.arns["campaign"] = shop.call("CreateCampaign", name="c", **request)["campaignArn"]
    shop.wait_idle()
    return version


def related(shop: InProcessPersonalize, item: str, **request: Any) -> list[dict[str, Any]]:
    response = shop.call("GetRecommendations", campaignArn=shop.arns["campaign"], itemId=item, numResults=3, **request)
    items: list[dict[str, Any]] = response["itemList"]
    return items


def test_given_items_without_interactions_when_deployed_then_similar_ones_come_with_their_metadata(
    shop: InProcessPersonalize,
) -> None:
    version = deploy(shop)
    assert (version["status"], version["performIncrementalUpdate"]) == ("ACTIVE", True)
    items = related(shop, "i0", metadataColumns={"ITEMS": ["TITLE"]})
    assert {item["itemId"] for item in items} == {"i10", "i20", "i30"}
    assert items[0]["metadata"] == {"title": "Title tanks"}


def test_given_a_new_item_when_put_then_incremental_updates_recommend_it(shop: InProcessPersonalize) -> None:
    deploy(shop)
    properties = f'{{"title": "New tanks", "plot": "About tanks", "creationTimestamp": {NOW}}}'
    shop.call("PutItems", datasetArn=shop.arns["Items"], items=[{"itemId": "new", "properties": properties}])
    related(shop, "i0")
    shop.wait_idle()
    assert "new" in {
        item["itemId"]
        for item in shop.call("GetRecommendations", campaignArn=shop.arns["campaign"], itemId="i0", numResults=10)[
            "itemList"
        ]
    }


def test_given_an_influence_when_its_data_are_missing_then_the_error_names_them(shop: InProcessPersonalize) -> None:
    with pytest.raises(InvalidInputError, match="POPULARITY needs an Interactions dataset"):
        deploy(shop, rankingInfluence={"POPULARITY": 0.5})


def test_given_freshness_when_deployed_then_the_newest_similar_item_comes_first(shop: InProcessPersonalize) -> None:
    deploy(shop, rankingInfluence={"FRESHNESS": 1.0})
    assert [item["itemId"] for item in related(shop, "i30")] == ["i0", "i10", "i20"]


def test_given_popularity_when_deployed_then_the_most_used_similar_item_comes_first(
    shop: InProcessPersonalize,
) -> None:
    shop.create_dataset("Interactions", INTERACTIONS)
    text = interactions_csv() + "\n".join(f"u{n},i20,{NOW},view" for n in range(500))
    shop.import_csv("Interactions", text, "interactions")
    deploy(shop, rankingInfluence={"POPULARITY": 1.0})
    assert related(shop, "i0")[0]["itemId"] == "i20"


def test_given_items_without_texts_when_trained_then_the_error_names_the_fields(
    personalize: InProcessPersonalize,
) -> None:
    plain = schema("Items", {"name": "ITEM_ID", **_TEXT}, {"name": "KIND", **_TEXT, "categorical": True})
    personalize.create_dataset("Items", plain)
    with pytest.raises(InvalidInputError, match="needs an itemName field and a textual field"):
        deploy(personalize)
