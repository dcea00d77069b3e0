"""Items related to an item: those that the same users have, and, with metadata, those of the same categories.

An item without enough events of its own has the relations of the items whose categories are most like its own, and
without any metadata the popular items are recommended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from local_aws.recommender.blending import BlendingWeights
from local_aws.recommender.catalogue import build
from local_aws.recommender.features import METADATA_HALF_LIVES, NO_DECAY, FeatureExtractor
from local_aws.recommender.item_similarity import SimilarityMatrix, user_item_matrix, without_diagonal
from local_aws.recommender.popularity import Popularity
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.statistics import count_cooccurrences, limit_histories
from local_aws.recommender.types import Items

SIMILARITY_WEIGHT = 1.0
METADATA_WEIGHT = 0.5
POPULARITY_WEIGHT = 0.05
"""So that items without any relation are in the order of their popularity, and it hardly counts for the others."""


@dataclass(frozen=True)
class Cooccurrences:
    """How common users become a similarity. The names of the hyperparameters are those of the recipe SIMS.

    `minimum` is the number of common users below which two items are not similar (min_cointeraction_count).
    `popularity_discount` (0..1) is the exponent by which a popular item counts less (popularity_discount_factor).
    """

    minimum: int = 3
    popularity_discount: float = 0.5

    @classmethod
    def from_hyperparameters(cls, given: Mapping[str, str]) -> "Cooccurrences":
        """Read the hyperparameters of SIMS; those that are not given have their defaults."""
        minimum = given.get("min_cointeraction_count", cls.minimum)
        return cls(int(minimum), float(given.get("popularity_discount_factor", cls.popularity_discount)))

    def similarities(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Return the similarity (items, items) of a column's item to a row's, from the number of common users."""
        users = np.maximum(counts.diagonal(), 1.0)
        result = without_diagonal(counts)
        result.data[result.data < self.minimum] = 0.0
        result.eliminate_zeros()
        rows = np.repeat(np.arange(len(users)), np.diff(result.indptr))
        norms = np.sqrt(users[rows]) * users[result.indices] ** self.popularity_discount
        result.data = (result.data / norms).astype(np.float32)
        return result


def relate_items(
    sequences: Sequences, warm: Sequence[str], items: Items | None, counting: Cooccurrences
) -> FeatureExtractor:
    """Compute the similarities of the `warm` items (those with events), and those of the other `items` by metadata."""
    counts = count_cooccurrences(user_item_matrix(limit_histories(sequences), len(warm), 0.0))
    return FeatureExtractor(
        build(warm, items, counts),
        {"cosine": SimilarityMatrix.of(counting.similarities(counts))},
        Popularity.from_events(sequences.items, sequences.times, len(warm)),
        np.zeros(len(warm), np.float32),
    )


def relation_weights(features: FeatureExtractor) -> BlendingWeights:
    """Return weights that order items by their similarity to the history, then by popularity."""
    metadata = {
        f"{column.name} {METADATA_HALF_LIVES[0]:g}": METADATA_WEIGHT * column.lift
        for column in features.catalogue.columns
    }
    similarity = {f"cosine {NO_DECAY:g} log": SIMILARITY_WEIGHT}
    return BlendingWeights.of_features(features, {"popularity": POPULARITY_WEIGHT} | similarity | metadata)
