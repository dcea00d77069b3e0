"""What a recipe is, and how the service describes it and its algorithm."""

from dataclasses import dataclass, field
from typing import Any, Literal

from local_aws.personalize.hyperparameters import HISTORY, Algorithm

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
    """Whether it takes an itemExplorationConfig."""
    explores_by_itself: bool = False
    """Whether it explores a little, and takes no itemExplorationConfig."""
    maximum_items: int = 750_000
    """Of more items, the most used ones are considered."""
    semantic: bool = False
    """Whether it compares the texts of items, and needs no interactions."""
    gives_metadata: bool = False
    """Whether campaigns return metadata without enableMetadataWithRecommendations."""
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
    def learns_new_items(self) -> bool:
        """Whether new items are added to its newest version, every two hours or with incremental updates."""
        return self.explores or self.explores_by_itself or self.semantic

    @property
    def tunable(self) -> Algorithm:
        """The hyperparameters that HPO may vary."""
        return {name: one for name, one in self.hyperparameters.items() if one.tunable}

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
            {"name": name, "minValue": one.low, "maxValue": one.high, "isTunable": one.tunable}
            for name, one in hyperparameters.items()
            if not one.values and one.whole == whole
        ]

    categories = [
        {"name": name, "values": list(one.values), "isTunable": one.tunable}
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
    "defaultParameters": {name: hyperparameter.default for name, hyperparameter in HISTORY.items()},
    "status": "ACTIVE",
    "creationDateTime": RELEASED,
    "lastUpdatedDateTime": RELEASED,
}
