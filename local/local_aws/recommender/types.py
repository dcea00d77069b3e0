"""What goes into the recommender and what comes out of it; no behaviour beyond the checks of its own shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Recipe = Literal["user-personalization", "personalized-ranking"]

MINIMUM_INTERACTIONS = 1000
MINIMUM_USERS = 25
MINIMUM_EVENTS_PER_USER = 2


class TrainingError(Exception):
    """The data does not allow a training; `str()` is the reason in words a user can act on."""


@dataclass(frozen=True)
class Interactions:
    """What users did, as columns of equal length, in any order.

    `timestamps` are epoch seconds. Raises ValueError where columns differ in length.
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
    """The catalogue: an id for each item, and columns of the same length.

    A string in `metadata` is a category, or several joined by `|`; numbers are quantities; None is unknown.
    `creation_timestamps` are epoch seconds (None or NaN: unknown). Raises ValueError where columns differ in length.
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
    """One thing a user did; `timestamp` in epoch seconds."""

    item_id: str
    timestamp: float
    event_type: str | None = None
    event_value: float | None = None


@dataclass(frozen=True)
class Scored:
    """An item and its share of the preference over all candidates (0..1); None where it could only be ranked."""

    item_id: str
    score: float | None


@dataclass(frozen=True)
class Exploration:
    """How many places of an answer go to young items.

    `weight` 0..1 (Personalize's explorationWeight); an item is young when it was created at most
    `item_age_cut_off_days` before the newest interaction (explorationItemAgeCutOff). The same `seed` explores alike.
    Raises ValueError outside of these ranges.
    """

    weight: float
    item_age_cut_off_days: float
    seed: int

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError("the exploration weight must lie between 0 and 1")
        if self.item_age_cut_off_days < 0:
            raise ValueError("the item age cut-off must not be negative")


@dataclass(frozen=True)
class Settings:
    """How to train.

    `hyperparameters` are Personalize's, as strings; honoured are `recency_mask` and `apply_recency_bias` (false: what
    is wanted lately is left out); the others tune neural networks and have nothing to tune here. `event_type_weights`
    says how much one event of a type counts; types not named there, or all without it, are weighted by rarity.
    """

    recipe: Recipe = "user-personalization"
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    event_type_weights: Mapping[str, float] | None = None
    seed: int = 0


DEFAULTS = Settings()
