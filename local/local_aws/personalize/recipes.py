"""The recipes of custom dataset groups and their options (developer guide, "Choosing a recipe")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

PREFIX = "arn:aws:personalize:::"
RELEASED = 1543622400.0
"""Creation time of everything that is part of the service: 2018-12-01."""

_V1 = {"hidden_dimension": (32, 256, "149"), "bptt": (2, 32, "32")}
_V1_DEFAULTS = {name: default for name, (_, _, default) in _V1.items()} | {"recency_mask": "True"}
_HISTORY = {"min_user_history_length_percentile": "0.0", "max_user_history_length_percentile": "0.99"}


@dataclass(frozen=True)
class Recipe:
    """One recipe. `trains_as` is its name in the recommender, or None if the local service cannot train it yet."""

    name: str
    recipe_type: Literal["USER_PERSONALIZATION", "PERSONALIZED_RANKING", "RELATED_ITEMS", "POPULAR_ITEMS", "OTHER"]
    description: str
    trains_as: Literal["user-personalization", "personalized-ranking"] | None = None
    explores: bool = False
    updates: bool = False
    hyperparameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The recipe's ARN, the same in every account."""
        return f"{PREFIX}recipe/{self.name}"

    @property
    def algorithm_arn(self) -> str:
        """The ARN of its algorithm."""
        return f"{PREFIX}algorithm/{self.name}"

    def describe(self) -> dict[str, Any]:
        """Return the recipe as in DescribeRecipe and ListRecipes."""
        return {
            "name": self.name,
            "recipeArn": self.arn,
            "algorithmArn": self.algorithm_arn,
            "featureTransformationArn": FEATURE_TRANSFORMATION["featureTransformationArn"],
            "status": "ACTIVE",
            "description": self.description,
            "recipeType": self.recipe_type,
            "creationDateTime": RELEASED,
            "lastUpdatedDateTime": RELEASED,
        }

    def describe_algorithm(self) -> dict[str, Any]:
        """Return the algorithm of the recipe as in DescribeAlgorithm."""
        ranges = [
            {"name": name, "minValue": low, "maxValue": high, "isTunable": True}
            for name, (low, high, _) in _V1.items()
            if name in self.hyperparameters
        ]
        return {
            "name": self.name,
            "algorithmArn": self.algorithm_arn,
            "algorithmImage": {"name": self.name, "dockerURI": f"local/{self.name}"},
            "defaultHyperParameters": dict(self.hyperparameters),
            "defaultHyperParameterRanges": {"integerHyperParameterRanges": ranges},
            "defaultResourceConfig": {},
            "trainingInputMode": "File",
            "creationDateTime": RELEASED,
            "lastUpdatedDateTime": RELEASED,
        }


FEATURE_TRANSFORMATION: dict[str, Any] = {
    "name": "JSON-percentile-filtering",
    "featureTransformationArn": f"{PREFIX}feature-transformation/JSON-percentile-filtering",
    "defaultParameters": _HISTORY,
    "status": "ACTIVE",
    "creationDateTime": RELEASED,
    "lastUpdatedDateTime": RELEASED,
}

_RECIPES = (
    Recipe(
        "aws-user-personalization",
        "USER_PERSONALIZATION",
        "Predicts what a user will interact with, and explores items without interactions.",
        "user-personalization",
        explores=True,
        updates=True,
        hyperparameters=_V1_DEFAULTS,
    ),
    Recipe(
        "aws-user-personalization-v2",
        "USER_PERSONALIZATION",
        "Predicts what a user will interact with, by a transformer.",
        "user-personalization",
        hyperparameters={"apply_recency_bias": "true"},
    ),
    Recipe(
        "aws-personalized-ranking",
        "PERSONALIZED_RANKING",
        "Ranks a list of items for a user.",
        "personalized-ranking",
        hyperparameters=_V1_DEFAULTS,
    ),
    Recipe(
        "aws-personalized-ranking-v2",
        "PERSONALIZED_RANKING",
        "Ranks a list of items for a user, by a transformer.",
        "personalized-ranking",
        hyperparameters={"apply_recency_bias": "true"},
    ),
    Recipe("aws-popularity-count", "POPULAR_ITEMS", "The most popular items."),
    Recipe("aws-trending-now", "POPULAR_ITEMS", "Items that gain popularity."),
    Recipe("aws-sims", "RELATED_ITEMS", "Items similar to an item, by co-occurrence."),
    Recipe("aws-similar-items", "RELATED_ITEMS", "Items similar to an item, by co-occurrence and metadata."),
    Recipe("aws-item-affinity", "OTHER", "Users with an affinity for an item."),
    Recipe("aws-item-attribute-affinity", "OTHER", "Users with an affinity for an item attribute."),
    Recipe("aws-next-best-action", "OTHER", "The next best action for a user."),
)

RECIPES: Mapping[str, Recipe] = {recipe.arn: recipe for recipe in _RECIPES}
"""By ARN."""
