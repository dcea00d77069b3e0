"""Promotions."""

from typing import Any

import pytest

from local_aws.personalize.errors import InvalidInputError
from local_aws.testing.in_process import InProcessPersonalize

CATS = 'INCLUDE ItemID WHERE Items.SPECIES IN ("cat")'
EXPENSIVE = "INCLUDE ItemID WHERE Items.PRICE > 36"


def add_filter(personalize: InProcessPersonalize, name: str, expression: str) -> str:
    request = {"name": name, "datasetGroupArn": personalize.arns["group"], "filterExpression": expression}
    return str(personalize.call("CreateFilter", **request)["filterArn"])


def recommend(personalize: InProcessPersonalize, user: str, percent: int, **more: Any) -> list[tuple[str, bool]]:
    """Return each recommended item, and whether it is promoted."""
    expensive = personalize.arns.get("expensive") or add_filter(personalize, "expensive", EXPENSIVE)
    personalize.arns["expensive"] = expensive
    response = personalize.call(
        "GetRecommendations",
        campaignArn=personalize.arns["campaign"],
        userId=user,
        numResults=10,
        promotions=[{"name": "expensive", "percentPromotedItems": percent, "filterArn": expensive}],
        **more,
    )
    return [(item["itemId"], item.get("promotionName") == "expensive") for item in response["itemList"]]


def test_given_a_promotion_when_requested_then_its_share_is_promoted(with_campaign: InProcessPersonalize) -> None:
    found = recommend(with_campaign, "u0", 30)
    assert len({item for item, _ in found}) == 10
    promoted = {item for item, is_promoted in found if is_promoted}
    assert len(promoted) == 3
    assert promoted <= {"i37", "i38", "i39"}


def test_given_a_filter_of_the_request_then_it_applies_only_to_the_other_items(
    with_campaign: InProcessPersonalize,
) -> None:
    found = recommend(with_campaign, "u0", 20, filterArn=add_filter(with_campaign, "cats", CATS))
    cats = {f"i{number}" for number in range(20)}
    assert {item for item, is_promoted in found if is_promoted} <= {"i37", "i38", "i39"}
    assert sum(is_promoted for _, is_promoted in found) == 2
    assert {item for item, is_promoted in found if not is_promoted} <= cats


def test_given_several_visitors_then_promoted_items_stand_at_different_places(
    with_campaign: InProcessPersonalize,
) -> None:
    def places(user: str) -> list[int]:
        found = recommend(with_campaign, user, 20)
        return [place for place, (_, is_promoted) in enumerate(found) if is_promoted]

    assert places("u0") == places("u0")
    assert len({tuple(places(f"u{number}")) for number in range(12)}) > 3


def test_given_a_promotion_without_a_filter_then_it_is_refused(with_campaign: InProcessPersonalize) -> None:
    with pytest.raises(InvalidInputError, match="needs a filterArn"):
        with_campaign.recommend("u0", promotions=[{"name": "none", "percentPromotedItems": 20}])


def test_given_the_second_version_of_the_recipe_then_promoted_items_have_a_reason(
    with_campaign: InProcessPersonalize,
) -> None:
    with_campaign.deploy("aws-user-personalization-v2")
    promotion = {"name": "p", "percentPromotedItems": 20, "filterArn": add_filter(with_campaign, "p", EXPENSIVE)}
    request = {"campaignArn": with_campaign.arns["campaign"], "userId": "u0", "numResults": 10}
    items = with_campaign.call("GetRecommendations", promotions=[promotion], **request)["itemList"]
    assert [item.get("reason") for item in items if "promotionName" in item] == [["Promoted item"]] * 2
    assert not any("reason" in item for item in items if "promotionName" not in item)
