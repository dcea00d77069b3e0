"""From interactions and a catalogue to a model."""

import numpy as np
from numpy.typing import NDArray

from local.recommender import choice, inquiry
from local.recommender.catalogue import among
from local.recommender.choice import Choices
from local.recommender.learning import Ridges, learn
from local.recommender.model import Model
from local.recommender.sequences import Sequences, encode, event_weights, positions, require_enough
from local.recommender.signals import Knowledge
from local.recommender.tuning import tune
from local.recommender.types import DEFAULTS, MINIMUM_EVENTS_PER_USER, Interactions, Items, Settings
from local.recommender.weighing import Weights

ASKED = (250, 1000)
FOLDS = 3
FOLDED_ITEMS = 2500


def train(interactions: Interactions, items: Items | None, settings: Settings = DEFAULTS) -> Model:
    """Fit a model; equal data give an equal model, to the bit. Raises TrainingError where there is too little data."""
    require_enough(interactions)
    return fit(interactions, items, settings)


def fit(interactions: Interactions, items: Items | None, settings: Settings) -> Model:
    """`train` without the minimum, for the training part of a split."""
    places = positions(interactions.item_ids)
    type_weights = event_weights(interactions.event_types, settings.event_type_weights)
    sequences = encode(interactions, places, type_weights)
    random = np.random.default_rng(settings.seed)
    lesson = _Lesson(sequences, list(places), items, tune(sequences, len(places), random), _trendy(settings))
    weights = lesson.weigh(random)
    return Model(lesson.learn(sequences), weights, type_weights)


def _trendy(settings: Settings) -> bool:
    wishes = [settings.hyperparameters.get(name, "true") for name in ("recency_mask", "apply_recency_bias")]
    return all(str(wish).lower() != "false" for wish in wishes)


class _Lesson:
    def __init__(
        self, sequences: Sequences, warm: list[str], items: Items | None, ridges: Ridges, trendy: bool
    ) -> None:
        self.sequences, self.warm, self.items, self.ridges, self.trendy = sequences, warm, items, ridges, trendy

    def learn(self, sequences: Sequences) -> Knowledge:
        return learn(sequences, self.warm, self.items, self.ridges, trendy=self.trendy)

    def weigh(self, random: np.random.Generator) -> Weights:
        """Weights of the signals, learned from the answers of people whom the knowledge asked does not know."""
        people = random.permutation(np.flatnonzero(self.sequences.lengths >= MINIMUM_EVENTS_PER_USER))
        fewest, most = ASKED
        asked = people[: max(1, min(max(len(people) // 10, fewest), most, len(people) // 3))]
        few = len(self.warm) <= FOLDED_ITEMS and len(asked) * 10 > len(people)
        known, unknown = [], []
        for part in np.array_split(asked, FOLDS if few else 1):
            for found, choices in zip((known, unknown), self._ask(np.sort(part), random), strict=True):
                found.append(choices)
        usual, longer = np.split(choice.fit(Choices.joined(known)).astype(np.float32), 2)
        return Weights(usual, longer, choice.fit(Choices.joined(unknown)).astype(np.float32))

    def _ask(self, people: NDArray[np.int64], random: np.random.Generator) -> tuple[Choices, Choices]:
        others = np.setdiff1d(np.arange(len(self.sequences.lengths)), people)
        met = among(self.items, frozenset(self.warm))
        knowledge = learn(self.sequences.of(others), self.warm, met, self.ridges, trendy=self.trendy)
        questions = inquiry.asks(self.sequences, people, random)
        return (
            inquiry.with_history(knowledge, self.sequences, questions, random),
            inquiry.without_history(knowledge, self.sequences, questions, random),
        )
