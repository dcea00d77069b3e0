"""Promotions."""

from local_aws.testing.in_process import InProcessPersonalize


def test_given_a_promotion_when_requested_then_its_share_is_promoted_and_named(
    with_campaign: InProcessPersonalize,
) -> None:
    arn = with_campaign.call(
        "CreateFilter",
        name="expensive",
        datasetGroupArn=with_campaign.arns["group"],
        filterExpression="INCLUDE ItemID WHERE Items.PRICE > 37",
    )["filterArn"]
    promotion = {"name": "expensive", "percentPromotedItems": 20, "filterArn": arn}
    response = with_campaign.call(
        "GetRecommendations",
        campaignArn=with_campaign.arns["campaign"],
        userId="u0",
        numResults=10,
        promotions=[promotion],
    )
    promoted = [item for item in response["itemList"] if item.get("promotionName") == "expensive"]
    assert len(response["itemList"]) == len({item["itemId"] for item in response["itemList"]}) == 10
    assert {item["itemId"] for item in promoted} == {"i38", "i39"}
