"""The inputs and outputs of the recommender. Their only behaviour is to check their own shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Recipe = Literal["user-personalization", "personalized-ranking", "popularity-count", "sims", "similar-items"]

MINIMUM_INTERACTIONS = 1000
MINIMUM_USERS = 25
MINIMUM_EVENTS_PER_USER = 2


class TrainingError(Exception):
    """The data are not sufficient for a training. `str()` gives a reason that the user can act on."""


@dataclass(frozen=True)
class Interactions:
    """The events of all users, as columns of equal length, in any order.

    `timestamps` are epoch seconds.

    Raises:
        ValueError: The columns differ in length.
    """

    user_ids: Sequence[str]
    item_ids: Sequence[str]
    timestamps: Sequence[float]
    event_types: Sequence[str | None] | None = None
    event_values: Sequence[float | None] | None = None

    def __post_init__(self) -> None:
        columns = (self.item_ids, self.timestamps, self.event_types, self.event_values)
        if any(column is not None and len(column) != len(self.user_ids) for column in columns):
            raise ValueError("the columns of the interactions differ in length")

    def __len__(self) -> int:
        return len(self.user_ids)


@dataclass(frozen=True)
class Items:
    """The catalogue: the id of each item, and metadata columns of the same length.

    A string in `metadata` is one category, or several categories joined by `|`. A number is a quantity. None means
    unknown. `creation_timestamps` are epoch seconds; None or NaN means unknown.

    Raises:
        ValueError: The columns differ in length.
    """

    item_ids: Sequence[str]
    metadata: Mapping[str, Sequence[str | float | None]] = field(default_factory=dict)
    creation_timestamps: Sequence[float | None] | None = None

    def __post_init__(self) -> None:
        columns = [*self.metadata.values(), self.creation_timestamps]
        if any(column is not None and len(column) != len(self.item_ids) for column in columns):
            raise ValueError("the columns of the items differ in length")


@dataclass(frozen=True)
class Event:
    """One interaction of a user with an item. `timestamp` is in epoch seconds."""

    item_id: str
    timestamp: float
    event_type: str | None = None
    event_value: float | None = None


@dataclass(frozen=True)
class ScoredItem:
    """An item and its probability among all candidates (0..1). The score is None if the item could only be ranked."""

    item_id: str
    score: float | None


@dataclass(frozen=True)
class Exploration:
    """How many places of a recommendation list go to new items.

    `weight` is 0..1 (Personalize's explorationWeight). An item is new if it was created at most
    `item_age_cut_off_days` before the newest interaction (explorationItemAgeCutOff). The same `seed` gives the same
    exploration. `impressions` is how often an item was shown: it is explored less often, as if it had as many events.

    Raises:
        ValueError: A value is out of range.
    """

    weight: float
    item_age_cut_off_days: float
    seed: int
    impressions: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError("the exploration weight must lie between 0 and 1")
        if self.item_age_cut_off_days < 0:
            raise ValueError("the item age cut-off must not be negative")


@dataclass(frozen=True)
class Settings:
    """How to train.

    `hyperparameters` are those of Personalize, as strings. Two of them have an effect: `recency_mask` and
    `apply_recency_bias` (false: recent popularity is not used). The others tune neural networks and do not apply to
    this model. `event_type_weights` gives the weight of one event of each type. Types that it does not name are
    weighted by how rare they are.

    `future_share` (0..1) says for what the weights of the features are fitted. With 1 the choices that they are fitted
    to come after everything that the statistics know, as in service. With 0 they are those of the protocol that
    Personalize documents: of other users, at the same time. Its metrics are then higher, and real lists are worse.

    Raises:
        ValueError: `future_share` is out of range.
    """

    recipe: Recipe = "user-personalization"
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    event_type_weights: Mapping[str, float] | None = None
    seed: int = 0
    future_share: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.future_share <= 1:
            raise ValueError("future_share must lie between 0 and 1")


DEFAULT_SETTINGS = Settings()
