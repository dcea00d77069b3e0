"""From signals to one utility for each item; its weights depend on how long the history is and whether it was seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.features import Knowledge
from local_aws.recommender.user_history import Past

Matrix = NDArray[np.float32]

USUAL_LOG_LENGTH = 3.0


@dataclass(frozen=True)
class Weights:
    """`usual` (parts,) and `longer` (parts,): the weight of each part, and what a longer history adds to it.

    The parts are the general signals, then what counts for items already seen: their own signals and, once more,
    the general ones. `popular` (popularity signals,) weighs for a person without a history.
    """

    usual: Matrix
    longer: Matrix
    popular: Matrix

    def utilities(self, knowledge: Knowledge, past: Past) -> Matrix:
        """(items,) utility of every item of the catalogue; only differences mean something.

        An item of which nothing is known is worth as little as the least of the others.
        """
        result = self._known(knowledge, past) if len(past) else self.popular @ knowledge.popular(past.moment)
        result[knowledge.catalogue.alone] = result[: knowledge.catalogue.warm].min()
        return result

    def _known(self, knowledge: Knowledge, past: Past) -> Matrix:
        weights = self.usual + length_of(past) * self.longer
        general = knowledge.general(past)
        result = weights[: len(general)] @ general
        result[past.items] += weights[len(general) :] @ again(knowledge, past, general)
        return result


def length_of(past: Past) -> np.float32:
    """How long a history is, as a log around its usual length."""
    return np.float32(np.log1p(len(past)) - USUAL_LOG_LENGTH)


def again(knowledge: Knowledge, past: Past, general: Matrix) -> Matrix:
    """(parts, items of the past): what speaks for the items already seen, besides the general signals."""
    return np.vstack([knowledge.seen(past), general[: knowledge.orders, past.items]])


def parts(knowledge: Knowledge, past: Past, candidates: NDArray[np.int64], general: Matrix) -> Matrix:
    """(candidates, 2 * parts): the columns whose weights are `usual` and `longer` side by side."""
    returning = again(knowledge, past, general)
    columns = np.zeros((len(candidates), len(general) + len(returning)), np.float32)
    columns[:, : len(general)] = general[:, candidates].T
    where = np.full(general.shape[1], -1)
    where[past.items] = np.arange(len(past))
    seen = where[candidates]
    columns[seen >= 0, len(general) :] = returning[:, seen[seen >= 0]].T
    return np.hstack([columns, length_of(past) * columns])
