"""The choice model: people take an item with odds exp(weights . signals), a conditional logit (McFadden 1974)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Matrix = NDArray[np.float32]
Vector = NDArray[np.float64]

STEPS = 12
HALVINGS = 12
ENOUGH = 1e-4
FAINTEST = -60.0  # what is less likely would be a denormal number, on which processors are slow


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
    likelihood = _Likelihood(choices, (choices.signals / scale.astype(np.float32)).astype(np.float32))
    weights = np.zeros(len(scale))
    loss, shares = likelihood.shares(weights)
    for _ in range(STEPS):
        gradient, curvature = likelihood.slopes(weights, shares)
        step = np.linalg.solve(curvature, gradient)
        if float(gradient @ step) < ENOUGH * (1 + abs(loss)):
            break
        weights, loss, shares = likelihood.descend(weights, step, loss, shares)
    return weights / scale


@dataclass(frozen=True)
class _Likelihood:
    choices: Choices
    signals: Matrix

    def descend(self, weights: Vector, step: Vector, loss: float, shares: Matrix) -> tuple[Vector, float, Matrix]:
        """The greatest halving of the step that lessens the loss, or no step."""
        for halvings in range(HALVINGS):
            tried = weights - step / 2**halvings
            lower, there = self.shares(tried)
            if lower <= loss:
                return tried, lower, there
        return weights, loss, shares

    def slopes(self, weights: Vector, shares: Matrix) -> tuple[Vector, NDArray[np.float64]]:
        """Gradient and Hessian, both with the prior."""
        gradient = self.signals.T @ (shares - self.choices.chosen) + weights
        spread = self.signals * np.sqrt(shares)[:, None]
        places = np.arange(len(shares), dtype=np.int32)
        means = sparse.csr_matrix((shares, places, self.choices.starts)) @ self.signals
        curvature = (spread.T @ spread - means.T @ means).astype(np.float64)
        curvature[np.diag_indices_from(curvature)] += 1.0
        return gradient.astype(np.float64), curvature

    def shares(self, weights: Vector) -> tuple[float, Matrix]:
        """The loss with the prior, and the probability (candidates,) of each candidate."""
        starts, lengths = self.choices.starts[:-1], np.diff(self.choices.starts)
        utilities = self.signals @ weights.astype(np.float32) + self.choices.offsets
        utilities -= np.repeat(np.maximum.reduceat(utilities, starts), lengths)
        odds = np.exp(np.maximum(utilities, FAINTEST))
        totals = np.add.reduceat(odds, starts)
        logs = utilities - np.repeat(np.log(totals), lengths)
        loss = -float(self.choices.chosen.astype(np.float64) @ logs) + 0.5 * float(weights @ weights)
        return loss, odds / np.repeat(totals, lengths)
