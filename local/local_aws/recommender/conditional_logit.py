"""The choice model: the odds of a candidate are exp(weights . features). It is a conditional logit (McFadden 1974)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Matrix = NDArray[np.float32]
Vector = NDArray[np.float64]

MAX_ITERATIONS = 12
MAX_STEP_HALVINGS = 12
TOLERANCE = 1e-4
MINIMUM_LOG_ODDS = -60.0  # smaller odds would be denormal numbers, on which processors are slow


@dataclass(frozen=True)
class Choices:
    """Observed choices: the candidates of all queries, one query after the other.

    `features` is (candidates, features). `starts` (queries + 1,) gives the first candidate of each query. `targets`
    (candidates,) is the share of the query's target items that a candidate holds. `offsets` (candidates,) is the log of
    how many items a sampled candidate represents.
    """

    features: Matrix
    starts: NDArray[np.int64]
    targets: Matrix
    offsets: Matrix

    @classmethod
    def concatenate(cls, parts: "list[Choices]") -> "Choices":
        """Return the queries of all parts together."""
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        return cls(
            np.concatenate([part.features for part in parts]),
            np.concatenate([[0], np.cumsum(lengths)]),
            np.concatenate([part.targets for part in parts]),
            np.concatenate([part.offsets for part in parts]),
        )


def fit(choices: Choices, precisions: Vector) -> Vector:
    """Return the (features,) weights with the greatest posterior probability.

    The prior is a normal distribution of each weight of the standardised features, with mean 0 and these `precisions`
    (features,). The method is Newton's, with step halving. The loss is convex, so there is only one solution.
    """
    means = choices.features.mean(axis=0, dtype=np.float64)
    squares = np.einsum("cs,cs->s", choices.features, choices.features, dtype=np.float64) / len(choices.features)
    scale = np.sqrt(np.maximum(squares - means**2, 1e-12) * precisions)
    likelihood = _Likelihood(choices, (choices.features / scale.astype(np.float32)).astype(np.float32))
    weights: Vector = np.zeros(len(scale))
    loss, probabilities = likelihood.evaluate(weights)
    for _ in range(MAX_ITERATIONS):
        gradient, hessian = likelihood.derivatives(weights, probabilities)
        step: Vector = np.linalg.solve(hessian, gradient).astype(np.float64, copy=False)
        if float(gradient @ step) < TOLERANCE * (1 + abs(loss)):
            break
        weights, loss, probabilities = likelihood.line_search(weights, step, loss, probabilities)
    return np.asarray(weights / scale, np.float64)


@dataclass(frozen=True)
class _Likelihood:
    choices: Choices
    features: Matrix

    def line_search(
        self, weights: Vector, step: Vector, loss: float, probabilities: Matrix
    ) -> tuple[Vector, float, Matrix]:
        """Halve the step until it lowers the loss. Return the unchanged arguments if no halving does."""
        for halvings in range(MAX_STEP_HALVINGS):
            candidate = weights - step / 2**halvings
            candidate_loss, candidate_probabilities = self.evaluate(candidate)
            if candidate_loss <= loss:
                return candidate, candidate_loss, candidate_probabilities
        return weights, loss, probabilities

    def derivatives(self, weights: Vector, probabilities: Matrix) -> tuple[Vector, NDArray[np.float64]]:
        """Return the gradient and the Hessian of the loss, both including the prior."""
        gradient = self.features.T @ (probabilities - self.choices.targets) + weights
        scaled = self.features * np.sqrt(probabilities)[:, None]
        columns = np.arange(len(probabilities), dtype=np.int32)
        means = sparse.csr_matrix((probabilities, columns, self.choices.starts)) @ self.features
        hessian = (scaled.T @ scaled - means.T @ means).astype(np.float64)
        hessian[np.diag_indices_from(hessian)] += 1.0
        return gradient.astype(np.float64), hessian

    def evaluate(self, weights: Vector) -> tuple[float, Matrix]:
        """Return the loss including the prior, and the probability (candidates,) of each candidate."""
        starts, lengths = self.choices.starts[:-1], np.diff(self.choices.starts)
        utilities = self.features @ weights.astype(np.float32) + self.choices.offsets
        utilities -= np.repeat(np.maximum.reduceat(utilities, starts), lengths)
        odds = np.exp(np.maximum(utilities, MINIMUM_LOG_ODDS))
        totals = np.add.reduceat(odds, starts)
        log_probabilities = utilities - np.repeat(np.log(totals), lengths)
        loss = -float(self.choices.targets.astype(np.float64) @ log_probabilities) + 0.5 * float(weights @ weights)
        return loss, odds / np.repeat(totals, lengths)
