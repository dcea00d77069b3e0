"""The recipes and their options (developer guide, "Choosing a recipe", "Choosing recommender use cases")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from local_aws.personalize.validation import finite_number

PREFIX = "arn:aws:personalize:::"
RELEASED = 1543622400.0
"""Creation time of everything that is part of the service: 2018-12-01."""

RecipeType = Literal[
    "USER_PERSONALIZATION",
    "PERSONALIZED_RANKING",
    "RELATED_ITEMS",
    "POPULAR_ITEMS",
    "USER_SEGMENTATION",
    "PERSONALIZED_ACTIONS",
]
Domain = Literal["VIDEO_ON_DEMAND", "ECOMMERCE"]
TrainsAs = Literal["user-personalization", "personalized-ranking", "popularity-count", "sims", "similar-items"]
Algorithm = Mapping[str, "Hyperparameter"]


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter: its default, and its range or the `values` that it can have."""

    default: str
    low: float = 0
    high: float = 1
    whole: bool = False
    values: tuple[str, ...] = ()

    def problem(self, value: str) -> str | None:
        """Return what is wrong with a value, or None."""
        if self.values:
            return None if value.lower() in self.values else f"must be {' or '.join(self.values)}, not {value}"
        if self.whole and not (value.isascii() and value.isdigit()):
            return f"must lie between {self.low} and {self.high}"
        if not self.low <= finite_number("A hyperparameter", value) <= self.high:
            return f"must lie between {self.low} and {self.high}"
        return None


_TRUE_OR_FALSE = ("true", "false")
_V1 = {
    "hidden_dimension": Hyperparameter("149", 32, 256, whole=True),
    "bptt": Hyperparameter("32", 2, 32, whole=True),
    "recency_mask": Hyperparameter("True", values=_TRUE_OR_FALSE),
}
_V2 = {"apply_recency_bias": Hyperparameter("true", values=_TRUE_OR_FALSE)}
_SIMS = {
    "popularity_discount_factor": Hyperparameter("0.5"),
    "min_cointeraction_count": Hyperparameter("3", 0, 10, whole=True),
}
_HISTORY = {
    "min_user_history_length_percentile": Hyperparameter("0.0"),
    "max_user_history_length_percentile": Hyperparameter("0.99"),
}
_SIMS_HISTORY = {
    "min_user_history_length_percentile": Hyperparameter("0.005"),
    "max_user_history_length_percentile": Hyperparameter("0.995"),
    "min_item_interaction_count_percentile": Hyperparameter("0.01"),
    "max_item_interaction_count_percentile": Hyperparameter("0.9"),
}
_TREND = {
    "trend_discovery_frequency": Hyperparameter(
        "2 hours", values=("30 minutes", "1 hour", "2 hours", "3 hours", "1 day")
    )
}
TREND_SECONDS = {"30 minutes": 1800.0, "1 hour": 3600.0, "2 hours": 7200.0, "3 hours": 10_800.0, "1 day": 86_400.0}


@dataclass(frozen=True)
class Recipe:
    """One recipe, or a use case of a domain. `trains_as` is its name in the recommender, None for actions.

    `transformation` are the parameters that say which data are used (featureTransformationParameters). A use case has a
    `domain`, may learn from one `event_type` only, and `hides` the items with which the user has such events.
    """

    name: str
    recipe_type: RecipeType
    description: str
    trains_as: TrainsAs | None = None
    explores: bool = False
    updates: bool = False
    trends: bool = False
    optimizes: bool = False
    gives_reasons: bool = False
    domain: Domain | None = None
    event_type: str | None = None
    hides: str | None = None
    needs: tuple[Literal["userId", "itemId"], ...] = ("userId",)
    """What a request of the runtime must name."""
    needs_items: bool = False
    weighs_events: bool = False
    hyperparameters: Algorithm = field(default_factory=dict)
    transformation: Algorithm = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The recipe's ARN, the same in every account."""
        return f"{PREFIX}recipe/{self.name}"

    @property
    def algorithm_arn(self) -> str:
        """The ARN of its algorithm."""
        return f"{PREFIX}algorithm/{self.name}"

    @property
    def scores(self) -> bool:
        """Whether recommended items have scores."""
        return self.recipe_type not in ("RELATED_ITEMS", "POPULAR_ITEMS")

    def default_hyperparameters(self) -> dict[str, str]:
        """Return the value of each hyperparameter that a solution does not set."""
        return {name: hyperparameter.default for name, hyperparameter in self.hyperparameters.items()}

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
            "domain": self.domain,
            "creationDateTime": RELEASED,
            "lastUpdatedDateTime": RELEASED,
        }

    def describe_algorithm(self) -> dict[str, Any]:
        """Return the algorithm of the recipe as in DescribeAlgorithm."""
        return {
            "name": self.name,
            "algorithmArn": self.algorithm_arn,
            "algorithmImage": {"name": self.name, "dockerURI": f"local/{self.name}"},
            "defaultHyperParameters": self.default_hyperparameters(),
            "defaultHyperParameterRanges": _describe_ranges(self.hyperparameters),
            "defaultResourceConfig": {},
            "trainingInputMode": "File",
            "creationDateTime": RELEASED,
            "lastUpdatedDateTime": RELEASED,
        }


def _describe_ranges(hyperparameters: Algorithm) -> dict[str, Any]:
    def ranges(whole: bool) -> list[dict[str, Any]]:
        return [
            {"name": name, "minValue": one.low, "maxValue": one.high, "isTunable": True}
            for name, one in hyperparameters.items()
            if not one.values and one.whole == whole
        ]

    categories = [
        {"name": name, "values": list(one.values), "isTunable": True}
        for name, one in hyperparameters.items()
        if one.values
    ]
    return {
        "integerHyperParameterRanges": ranges(whole=True),
        "continuousHyperParameterRanges": ranges(whole=False),
        "categoricalHyperParameterRanges": categories,
    }


FEATURE_TRANSFORMATION: dict[str, Any] = {
    "name": "JSON-percentile-filtering",
    "featureTransformationArn": f"{PREFIX}feature-transformation/JSON-percentile-filtering",
    "defaultParameters": {name: hyperparameter.default for name, hyperparameter in _HISTORY.items()},
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
        optimizes=True,
        hyperparameters=_V1,
        transformation=_HISTORY,
    ),
    Recipe(
        "aws-user-personalization-v2",
        "USER_PERSONALIZATION",
        "Predicts what a user will interact with, by a transformer.",
        "user-personalization",
        gives_reasons=True,
        weighs_events=True,
        hyperparameters=_V2,
    ),
    Recipe(
        "aws-personalized-ranking",
        "PERSONALIZED_RANKING",
        "Ranks a list of items for a user.",
        "personalized-ranking",
        optimizes=True,
        hyperparameters=_V1,
        transformation=_HISTORY,
    ),
    Recipe(
        "aws-personalized-ranking-v2",
        "PERSONALIZED_RANKING",
        "Ranks a list of items for a user, by a transformer.",
        "personalized-ranking",
        weighs_events=True,
        hyperparameters=_V2,
    ),
    Recipe("aws-popularity-count", "POPULAR_ITEMS", "The most popular items.", "popularity-count", needs=()),
    Recipe(
        "aws-trending-now",
        "POPULAR_ITEMS",
        "Items that gain popularity.",
        "popularity-count",
        trends=True,
        needs=(),
        transformation=_TREND,
    ),
    Recipe(
        "aws-sims",
        "RELATED_ITEMS",
        "Items similar to an item, by co-occurrence.",
        "sims",
        needs=("itemId",),
        hyperparameters=_SIMS,
        transformation=_SIMS_HISTORY,
    ),
    Recipe(
        "aws-similar-items",
        "RELATED_ITEMS",
        "Items similar to an item, by co-occurrence and metadata.",
        "similar-items",
        needs=("itemId",),
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

_VIDEO: dict[str, Any] = {"domain": "VIDEO_ON_DEMAND"}
_SHOP: dict[str, Any] = {"domain": "ECOMMERCE"}
_BOTH: dict[str, Any] = {"needs": ("userId", "itemId")}
_UPDATED: dict[str, Any] = {"explores": True, "updates": True}

# https://docs.aws.amazon.com/personalize/latest/dg/VIDEO_ON_DEMAND-use-cases.html and ECOMMERCE-use-cases.html
_USE_CASES = (
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

RECIPES: Mapping[str, Recipe] = {recipe.arn: recipe for recipe in (*_RECIPES, *_USE_CASES)}
"""By ARN."""
