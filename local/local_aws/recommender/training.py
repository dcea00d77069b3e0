"""Train a model on interactions and a catalogue."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender.blend_fitting import Observations, fit_weights
from local_aws.recommender.blending import BlendingWeights
from local_aws.recommender.catalogue import build
from local_aws.recommender.features import FeatureExtractor
from local_aws.recommender.model import NOTHING, Model
from local_aws.recommender.popularity import Popularity
from local_aws.recommender.related_items import Cooccurrences, relate_items, relation_weights
from local_aws.recommender.sequences import (
    Sequences,
    encode,
    event_type_weights,
    index_names,
    log_event_worth,
    require_minimum_data,
)
from local_aws.recommender.statistics import Statistics, select_informative_columns
from local_aws.recommender.tuning import tune
from local_aws.recommender.types import DEFAULT_SETTINGS, Interactions, Items, Settings


@dataclass(frozen=True)
class TrainingData:
    """The sequences of all users, the name of each item, the weight of each event type, and what that makes of items.

    `worth` is `log_event_worth`, or empty if no weights were given: rarity tells what users mean, not what is wanted.
    """

    sequences: Sequences
    names: list[str]
    type_weights: dict[str, float]
    worth: NDArray[np.float32]


@dataclass(frozen=True)
class Learned:
    """What is learned once for a version: which metadata and which statistics to use, and the weights of both."""

    columns: frozenset[str]
    statistics: Statistics
    weights: BlendingWeights

    def build(self, data: TrainingData, items: Items | None) -> Model:
        """Return a model with the statistics of these data, blended as was learned on them or on a part."""
        features = self.statistics.fit(data.sequences, data.names, _select_columns(items, self.columns))
        return Model(features, self.weights, data.type_weights, data.worth)


@dataclass(frozen=True)
class LearnedCounts:
    """For counts there is nothing to learn."""

    def build(self, data: TrainingData, items: Items | None) -> Model:
        """Return a model that recommends the items with the most events to everybody. Other items are unknown."""
        sequences, warm = data.sequences, data.names
        nothing = sparse.csr_matrix((len(warm), len(warm)), dtype=np.float32)
        popularity = Popularity.from_events(sequences.items, sequences.times, len(warm))
        features = FeatureExtractor(build(warm, None, nothing), {}, popularity, np.zeros(len(warm), np.float32))
        return Model(features, BlendingWeights.of_features(features, {"popularity": 1.0}), data.type_weights)


@dataclass(frozen=True)
class LearnedRelations:
    """Which metadata to use for similar items, and how to count co-occurrences."""

    columns: frozenset[str]
    counting: Cooccurrences

    def build(self, data: TrainingData, items: Items | None) -> Model:
        """Return a model that recommends the items most similar to those of the history."""
        chosen = _select_columns(items, self.columns) if self.columns else None
        features = relate_items(data.sequences, data.names, chosen, self.counting)
        return Model(features, relation_weights(features), data.type_weights)


def train(interactions: Interactions, items: Items | None, settings: Settings = DEFAULT_SETTINGS) -> Model:
    """Return a trained model. Equal data give an equal model, to the bit.

    Raises:
        TrainingError: There are too few interactions or users.
    """
    require_minimum_data(interactions)
    return fit(interactions, items, settings)


def fit(interactions: Interactions, items: Items | None, settings: Settings) -> Model:
    """Train without a minimum of data, for the training part of a split."""
    data = encode_for(interactions, settings)
    return learn(data, items, settings).build(data, items)


def encode_for(interactions: Interactions, settings: Settings) -> TrainingData:
    """Return the interactions as arrays."""
    positions = index_names(interactions.item_ids)
    type_weights = event_type_weights(interactions.event_types, settings.event_type_weights)
    sequences = encode(interactions, positions, type_weights)
    worth = log_event_worth(sequences, len(positions)) if settings.event_type_weights else NOTHING
    return TrainingData(sequences, list(positions), type_weights, worth)


def learn(data: TrainingData, items: Items | None, settings: Settings) -> Learned | LearnedCounts | LearnedRelations:
    """Choose everything that needs a validation."""
    if settings.recipe == "popularity-count":
        return LearnedCounts()
    sequences, names = data.sequences, data.names
    if settings.recipe == "sims":
        return LearnedRelations(frozenset(), Cooccurrences.from_hyperparameters(settings.hyperparameters))
    chosen = select_informative_columns(sequences, names, items)
    columns = frozenset(chosen.metadata if chosen else ())
    if settings.recipe == "similar-items":
        return LearnedRelations(columns, Cooccurrences(minimum=1))
    random = np.random.default_rng(settings.seed)
    statistics = Statistics(tune(sequences, len(names), random), _use_recency(settings))
    weights = fit_weights(Observations(sequences, names, chosen), statistics, settings.future_share, random)
    return Learned(columns, statistics, weights)


def _select_columns(items: Items | None, columns: frozenset[str]) -> Items | None:
    if items is None:
        return None
    return replace(items, metadata={name: values for name, values in items.metadata.items() if name in columns})


def _use_recency(settings: Settings) -> bool:
    values = [settings.hyperparameters.get(name, "true") for name in ("recency_mask", "apply_recency_bias")]
    return all(str(value).lower() != "false" for value in values)
