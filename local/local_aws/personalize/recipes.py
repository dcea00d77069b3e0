"""The recipes and their options (developer guide, "Choosing a recipe")."""

from collections.abc import Mapping
from typing import Any

from local_aws.personalize.hyperparameters import HISTORY, SIMS, SIMS_HISTORY, TREND, V1, V2
from local_aws.personalize.recipe import Recipe
from local_aws.personalize.use_cases import USE_CASES

_V2_FEATURES: dict[str, Any] = {
    "weighs_events": True,
    "gives_metadata": True,
    "maximum_items": 5_000_000,
    "hyperparameters": V2,
}

_RECIPES = (
    Recipe(
        "aws-user-personalization",
        "USER_PERSONALIZATION",
        "Predicts what a user will interact with, and explores items without interactions.",
        "user-personalization",
        explores=True,
        updates=True,
        optimizes=True,
        hyperparameters=V1,
        transformation=HISTORY,
    ),
    Recipe(
        "aws-user-personalization-v2",
        "USER_PERSONALIZATION",
        "Predicts what a user will interact with, by a transformer.",
        "user-personalization",
        explores_by_itself=True,
        gives_reasons=True,
        **_V2_FEATURES,
    ),
    Recipe(
        "aws-personalized-ranking",
        "PERSONALIZED_RANKING",
        "Ranks a list of items for a user.",
        "personalized-ranking",
        optimizes=True,
        hyperparameters=V1,
        transformation=HISTORY,
    ),
    Recipe(
        "aws-personalized-ranking-v2",
        "PERSONALIZED_RANKING",
        "Ranks a list of items for a user, by a transformer.",
        "personalized-ranking",
        **_V2_FEATURES,
    ),
    Recipe("aws-popularity-count", "POPULAR_ITEMS", "The most popular items.", "popularity-count", needs=()),
    Recipe(
        "aws-trending-now",
        "POPULAR_ITEMS",
        "Items that gain popularity.",
        "popularity-count",
        trends=True,
        needs=(),
        transformation=TREND,
    ),
    Recipe(
        "aws-sims",
        "RELATED_ITEMS",
        "Items similar to an item, by co-occurrence.",
        "sims",
        needs=("itemId",),
        hyperparameters=SIMS,
        transformation=SIMS_HISTORY,
    ),
    Recipe(
        "aws-similar-items",
        "RELATED_ITEMS",
        "Items similar to an item, by co-occurrence and metadata.",
        "similar-items",
        needs=("itemId",),
    ),
    Recipe(
        "aws-semantic-similarity",
        "RELATED_ITEMS",
        "Items with similar texts.",
        needs=("itemId",),
        needs_items=True,
        semantic=True,
        gives_metadata=True,
        maximum_items=10_000_000,
    ),
    Recipe("aws-item-affinity", "USER_SEGMENTATION", "Users with an affinity for an item.", "user-personalization"),
    Recipe(
        "aws-item-attribute-affinity",
        "USER_SEGMENTATION",
        "Users with an affinity for an item attribute.",
        "user-personalization",
        needs_items=True,
    ),
    Recipe("aws-next-best-action", "PERSONALIZED_ACTIONS", "The next best action for a user."),
)

RECIPES: Mapping[str, Recipe] = {recipe.arn: recipe for recipe in (*_RECIPES, *USE_CASES)}
"""By ARN."""
