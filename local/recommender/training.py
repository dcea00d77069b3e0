"""From interactions and a catalogue to a model."""

import numpy as np
from scipy import sparse

from local.recommender.model import Model
from local.recommender.sequences import encode, event_weights, positions, require_enough
from local.recommender.types import DEFAULTS, Interactions, Items, Settings


def train(interactions: Interactions, items: Items | None, settings: Settings = DEFAULTS) -> Model:
    """Fit a model; equal data give an equal model, to the bit. Raises TrainingError where there is too little data."""
    require_enough(interactions)
    return fit(interactions, items, settings)


def fit(interactions: Interactions, items: Items | None, settings: Settings) -> Model:
    """`train` without the minimum, for the training part of a split."""
    places = positions([*interactions.item_ids, *(items.item_ids if items else ())])
    weights = event_weights(interactions.event_types, settings.event_type_weights)
    sequences = encode(interactions, places, weights)
    counts = np.bincount(sequences.items, minlength=len(places)).astype(np.float32)
    matrix = sparse.csr_matrix(
        (np.ones(len(sequences.items), np.float32), (sequences.users, sequences.items)),
        shape=(len(sequences.starts) - 1, len(places)),
    )
    matrix.data[:] = 1
    gram = (matrix.T @ matrix).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += 50.0
    inverse = np.linalg.inv(gram)
    coefficients = -inverse / np.diag(inverse)
    np.fill_diagonal(coefficients, 0.0)
    return Model(tuple(places), coefficients.astype(np.float32), counts, float(sequences.times.max()), weights)
