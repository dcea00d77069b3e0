"""The choice model: people take an item with odds exp(weights . signals), a conditional logit (McFadden 1974)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Matrix = NDArray[np.float32]
Vector = NDArray[np.float64]

STEPS = 12
ENOUGH = 1e-5


@dataclass(frozen=True)
class Choices:
    """Observed choices: the candidates of every question side by side.

    `signals` (candidates, signals); `starts` (questions + 1,); `chosen` (candidates,) the share of the question's
    answers that a candidate got; `offsets` (candidates,) log of how many items a sampled candidate stands for.
    """

    signals: Matrix
    starts: NDArray[np.int64]
    chosen: Matrix
    offsets: Matrix

    @classmethod
    def joined(cls, parts: "list[Choices]") -> "Choices":
        """All questions of all parts."""
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        return cls(
            np.concatenate([part.signals for part in parts]),
            np.concatenate([[0], np.cumsum(lengths)]),
            np.concatenate([part.chosen for part in parts]),
            np.concatenate([part.offsets for part in parts]),
        )


def fit(choices: Choices) -> Vector:
    """(signals,) weights of the greatest posterior, with a standard normal prior on each standardised weight.

    Newton's method with step halving; the loss is convex, so the answer is the only one.
    """
    means = choices.signals.mean(axis=0, dtype=np.float64)
    squares = np.einsum("cs,cs->s", choices.signals, choices.signals, dtype=np.float64) / len(choices.signals)
    scale = np.sqrt(np.maximum(squares - means**2, 1e-12))
    likelihood = _Likelihood(choices, (choices.signals / scale).astype(np.float32))
    weights = np.zeros(len(scale))
    loss, gradient, curvature = likelihood.at(weights)
    for _ in range(STEPS):
        step = np.linalg.solve(curvature, gradient)
        if float(gradient @ step) < ENOUGH * (1 + abs(loss)):
            break
        size = 1.0
        while size > 1e-4 and likelihood.loss(weights - size * step) > loss:
            size /= 2
        weights = weights - size * step
        loss, gradient, curvature = likelihood.at(weights)
    return weights / scale


@dataclass(frozen=True)
class _Likelihood:
    choices: Choices
    signals: Matrix

    def loss(self, weights: Vector) -> float:
        return self._shares(weights)[0]

    def at(self, weights: Vector) -> tuple[float, Vector, NDArray[np.float64]]:
        """Loss, gradient and Hessian, all with the prior."""
        loss, shares = self._shares(weights)
        gradient = self.signals.T @ (shares - self.choices.chosen) + weights
        spread = self.signals * np.sqrt(shares)[:, None]
        places = np.arange(len(shares), dtype=np.int32)
        means = sparse.csr_matrix((shares, places, self.choices.starts)) @ self.signals
        curvature = (spread.T @ spread - means.T @ means).astype(np.float64)
        curvature[np.diag_indices_from(curvature)] += 1.0
        return loss, gradient.astype(np.float64), curvature

    def _shares(self, weights: Vector) -> tuple[float, Matrix]:
        starts, lengths = self.choices.starts[:-1], np.diff(self.choices.starts)
        utilities = self.signals @ weights.astype(np.float32) + self.choices.offsets
        utilities -= np.repeat(np.maximum.reduceat(utilities, starts), lengths)
        odds = np.exp(utilities)
        totals = np.add.reduceat(odds, starts)
        logs = utilities - np.repeat(np.log(totals), lengths)
        loss = -float(self.choices.chosen.astype(np.float64) @ logs) + 0.5 * float(weights @ weights)
        return loss, odds / np.repeat(totals, lengths)
