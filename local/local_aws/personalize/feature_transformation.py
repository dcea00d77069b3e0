"""Leave out users with very short or long histories, and items with very few or many interactions.

Source: developer guide, "Featurization hyperparameters" of the recipes. A percentile applies if the solution sets it:
on small data the defaults of the real service would leave out what the data are about.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender import Interactions, select_rows


def transform(interactions: Interactions, parameters: Mapping[str, str]) -> Interactions:
    """Return the interactions within the percentiles (0..1) of featureTransformationParameters, both ends included."""
    users = _within(interactions.user_ids, parameters, "user_history_length_percentile")
    items = _within(interactions.item_ids, parameters, "item_interaction_count_percentile")
    keep = users & items
    return interactions if keep.all() else select_rows(interactions, np.flatnonzero(keep).tolist())


def _within(names: Sequence[str], parameters: Mapping[str, str], percentile: str) -> NDArray[np.bool_]:
    """Return (rows,): whether the number of rows with the same name lies within the percentiles of these numbers."""
    low, high = float(parameters.get(f"min_{percentile}", 0)), float(parameters.get(f"max_{percentile}", 1))
    if not names or (low <= 0 and high >= 1):
        return np.full(len(names), True)
    _, places, counts = np.unique(np.asarray(names), return_inverse=True, return_counts=True)
    least, most = np.quantile(counts, [low, high])
    kept: NDArray[np.bool_] = ((counts >= least) & (counts <= most))[places]
    return kept
