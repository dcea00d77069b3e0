"""From interactions and a catalogue to a model."""

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import conditional_logit, training_queries
from local_aws.recommender.blending import Weights
from local_aws.recommender.catalogue import among
from local_aws.recommender.conditional_logit import Choices
from local_aws.recommender.features import Knowledge
from local_aws.recommender.model import Model
from local_aws.recommender.sequences import Sequences, encode, event_weights, positions, require_enough
from local_aws.recommender.statistics import Ridges, learn
from local_aws.recommender.tuning import tune
from local_aws.recommender.types import DEFAULTS, MINIMUM_EVENTS_PER_USER, Interactions, Items, Settings

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
        usual, longer = np.split(conditional_logit.fit(Choices.joined(known)).astype(np.float32), 2)
        return Weights(usual, longer, conditional_logit.fit(Choices.joined(unknown)).astype(np.float32))

    def _ask(self, people: NDArray[np.int64], random: np.random.Generator) -> tuple[Choices, Choices]:
        others = np.setdiff1d(np.arange(len(self.sequences.lengths)), people)
        met = among(self.items, frozenset(self.warm))
        knowledge = learn(self.sequences.of(others), self.warm, met, self.ridges, trendy=self.trendy)
        questions = training_queries.asks(self.sequences, people, random)
        return (
            training_queries.with_history(knowledge, self.sequences, questions, random),
            training_queries.without_history(knowledge, self.sequences, questions, random),
        )
