"""The use cases of the domains (developer guide, "Choosing recommender use cases")."""

from typing import Any

from local_aws.personalize.recipe import Recipe

_VIDEO: dict[str, Any] = {"domain": "VIDEO_ON_DEMAND"}
_SHOP: dict[str, Any] = {"domain": "ECOMMERCE"}
_BOTH: dict[str, Any] = {"needs": ("userId", "itemId")}
_UPDATED: dict[str, Any] = {"explores": True, "updates": True}

# https://docs.aws.amazon.com/personalize/latest/dg/VIDEO_ON_DEMAND-use-cases.html and ECOMMERCE-use-cases.html
USE_CASES = (
    Recipe(
        "aws-vod-because-you-watched-x",
        "RELATED_ITEMS",
        "Videos that other users also watched.",
        "sims",
        event_type="Watch",
        hides="Watch",
        **_VIDEO,
        **_BOTH,
    ),
    Recipe(
        "aws-vod-more-like-x",
        "RELATED_ITEMS",
        "Videos similar to a video.",
        "similar-items",
        hides="Watch",
        needs_items=True,
        **_VIDEO,
        **_BOTH,
    ),
    Recipe(
        "aws-vod-most-popular",
        "POPULAR_ITEMS",
        "Videos that most users watched.",
        "popularity-count",
        event_type="Watch",
        **_VIDEO,
    ),
    Recipe(
        "aws-vod-trending-now",
        "POPULAR_ITEMS",
        "Videos that gain popularity.",
        "popularity-count",
        trends=True,
        needs=(),
        **_VIDEO,
    ),
    Recipe(
        "aws-vod-top-picks",
        "USER_PERSONALIZATION",
        "Videos for a user.",
        "user-personalization",
        hides="Watch",
        **_UPDATED,
        **_VIDEO,
    ),
    Recipe(
        "aws-ecomm-popular-items-by-views",
        "POPULAR_ITEMS",
        "Most viewed items.",
        "popularity-count",
        event_type="View",
        **_SHOP,
    ),
    Recipe(
        "aws-ecomm-popular-items-by-purchases",
        "POPULAR_ITEMS",
        "Best sellers.",
        "popularity-count",
        event_type="Purchase",
        **_SHOP,
    ),
    Recipe(
        "aws-ecomm-frequently-bought-together",
        "RELATED_ITEMS",
        "Items that customers buy together with an item.",
        "sims",
        event_type="Purchase",
        needs=("itemId",),
        **_SHOP,
    ),
    Recipe(
        "aws-ecomm-customers-who-viewed-x-also-viewed",
        "RELATED_ITEMS",
        "Items that customers who viewed an item also viewed.",
        "sims",
        event_type="View",
        hides="Purchase",
        **_SHOP,
        **_BOTH,
    ),
    Recipe(
        "aws-ecomm-recommended-for-you",
        "USER_PERSONALIZATION",
        "Items for a user.",
        "user-personalization",
        hides="Purchase",
        **_UPDATED,
        **_SHOP,
    ),
)
