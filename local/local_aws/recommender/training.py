"""Train a model on interactions and a catalogue."""

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import conditional_logit, training_queries
from local_aws.recommender.blending import BlendingWeights
from local_aws.recommender.catalogue import select_items
from local_aws.recommender.conditional_logit import Choices
from local_aws.recommender.features import FeatureExtractor
from local_aws.recommender.model import Model
from local_aws.recommender.sequences import (
    Sequences,
    encode,
    event_type_weights,
    index_names,
    require_minimum_data,
)
from local_aws.recommender.statistics import Regularization, fit_features
from local_aws.recommender.tuning import tune
from local_aws.recommender.types import DEFAULT_SETTINGS, MINIMUM_EVENTS_PER_USER, Interactions, Items, Settings

HELD_OUT_USERS = (250, 1000)  # at least, at most
FOLDS = 3
MAX_ITEMS_WITH_FOLDS = 2500


def train(interactions: Interactions, items: Items | None, settings: Settings = DEFAULT_SETTINGS) -> Model:
    """Return a trained model. Equal data give an equal model, to the bit.

    Raises:
        TrainingError: There are too few interactions or users.
    """
    require_minimum_data(interactions)
    return fit(interactions, items, settings)


def fit(interactions: Interactions, items: Items | None, settings: Settings) -> Model:
    """Train without a minimum of data, for the training part of a split."""
    positions = index_names(interactions.item_ids)
    type_weights = event_type_weights(interactions.event_types, settings.event_type_weights)
    sequences = encode(interactions, positions, type_weights)
    random = np.random.default_rng(settings.seed)
    regularization = tune(sequences, len(positions), random)
    trainer = _Trainer(sequences, list(positions), items, regularization, _use_recency(settings))
    weights = trainer.fit_weights(random)
    return Model(trainer.fit_features(sequences, items), weights, type_weights)


def _use_recency(settings: Settings) -> bool:
    values = [settings.hyperparameters.get(name, "true") for name in ("recency_mask", "apply_recency_bias")]
    return all(str(value).lower() != "false" for value in values)


class _Trainer:
    def __init__(
        self,
        sequences: Sequences,
        warm: list[str],
        items: Items | None,
        regularization: Regularization,
        use_recency: bool,
    ) -> None:
        self._sequences, self._warm, self._items = sequences, warm, items
        self._regularization, self._use_recency = regularization, use_recency

    def fit_features(self, sequences: Sequences, items: Items | None) -> FeatureExtractor:
        return fit_features(sequences, self._warm, items, self._regularization, use_recency=self._use_recency)

    def fit_weights(self, random: np.random.Generator) -> BlendingWeights:
        """Fit the weights of the features to the choices of users whom the statistics do not include."""
        users = random.permutation(np.flatnonzero(self._sequences.lengths >= MINIMUM_EVENTS_PER_USER))
        fewest, most = HELD_OUT_USERS
        held_out = users[: max(1, min(max(len(users) // 10, fewest), most, len(users) // 3))]
        with_folds = len(self._warm) <= MAX_ITEMS_WITH_FOLDS and len(held_out) * 10 > len(users)
        folds = np.array_split(held_out, FOLDS if with_folds else 1)
        choices = [self._choices(np.sort(fold), random) for fold in folds]
        with_history = conditional_logit.fit(Choices.concatenate([first for first, _ in choices]))
        without_history = conditional_logit.fit(Choices.concatenate([second for _, second in choices]))
        base, per_log_length = np.split(with_history.astype(np.float32), 2)
        return BlendingWeights(base, per_log_length, without_history.astype(np.float32))

    def _choices(self, held_out: NDArray[np.int64], random: np.random.Generator) -> tuple[Choices, Choices]:
        """Return the choices of the held-out users with their history, and without it."""
        others = np.setdiff1d(np.arange(len(self._sequences.lengths)), held_out)
        warm_items = select_items(self._items, frozenset(self._warm))
        extractor = self.fit_features(self._sequences.select_users(others), warm_items)
        queries = training_queries.sample_queries(self._sequences, held_out, random)
        return (
            training_queries.choices_with_history(extractor, self._sequences, queries, random),
            training_queries.choices_without_history(extractor, self._sequences, queries, random),
        )
