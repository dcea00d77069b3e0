"""Evaluate a training as Personalize documents it: on users whose events the model does not include."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from local_aws.recommender.evaluation_split import Query, split
from local_aws.recommender.metrics import DEPTH, average_metrics
from local_aws.recommender.model import Model
from local_aws.recommender.sequences import require_minimum_data
from local_aws.recommender.training import encode_for, fit, learn
from local_aws.recommender.types import DEFAULT_SETTINGS, Interactions, Items, Settings

SAMPLED_CANDIDATES = 100


class Recommender(Protocol):
    """What can be evaluated: our model, and the baselines."""

    def recommend(self, queries: Sequence[Query]) -> list[list[str]]:
        """Return for each query the 25 best items of the catalogue, best first."""
        ...

    def rank(self, queries: Sequence[Query], candidates: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return for each query its candidates, best first."""
        ...


@dataclass(frozen=True)
class ModelRecommender:
    """Our model as a recommender that can be evaluated."""

    model: Model

    @classmethod
    def of(cls, model: Model, catalogue: Sequence[str]) -> "ModelRecommender":
        """Let a model of a part of the data know the whole `catalogue`, so that users can return to any item."""
        return cls(model.with_items(Items(catalogue)))

    def recommend(self, queries: Sequence[Query]) -> list[list[str]]:
        """Return what GetRecommendations would, without exploration."""
        lists = [self.model.recommend(query.history, DEPTH, now=query.now) for query in queries]
        return [[scored.item_id for scored in ranked] for ranked in lists]

    def rank(self, queries: Sequence[Query], candidates: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return what GetPersonalizedRanking would."""
        pairs = zip(queries, candidates, strict=True)
        lists = [self.model.rank(query.history, items, now=query.now) for query, items in pairs]
        return [[scored.item_id for scored in ranked] for ranked in lists]


def evaluate(
    interactions: Interactions, items: Items | None, settings: Settings = DEFAULT_SETTINGS
) -> dict[str, float]:
    """Train on 90% of the users and find the newest 10% of the events of the others in the whole catalogue.

    Returns:
        The keys of GetSolutionMetrics, each 0..1, for either recipe.

    Raises:
        TrainingError: There are too few interactions or users.
    """
    require_minimum_data(interactions)
    training, queries = split(interactions, settings.seed)
    model = fit(training, items, settings)
    return _evaluate(model, queries, catalogue_of(interactions, items))


@dataclass(frozen=True)
class Evaluation:
    """How a training is evaluated: what it trains on, which queries are held out, and what is measured with them.

    `measure` gets the model, the queries and the ids of all items.
    """

    split: Callable[[Interactions, int], tuple[Interactions, list[Query]]] = split
    measure: "Callable[[Model, Sequence[Query], Sequence[str]], dict[str, float]] | None" = None


def train_and_evaluate(
    interactions: Interactions,
    items: Items | None,
    settings: Settings = DEFAULT_SETTINGS,
    evaluation: Evaluation | None = None,
) -> tuple[Model, dict[str, float]]:
    """Return a model of all interactions, and what `evaluate` returns, or what another `evaluation` measures.

    The weights are learned once, from the users that train. Only the statistics are computed for both.

    Raises:
        TrainingError: There are too few interactions or users.
    """
    require_minimum_data(interactions)
    evaluation = evaluation or Evaluation()
    training, queries = evaluation.split(interactions, settings.seed)
    data = encode_for(training, settings)
    learned = learn(data, items, settings)
    evaluated = learned.build(data, items)
    metrics = (evaluation.measure or _evaluate)(evaluated, queries, catalogue_of(interactions, items))
    return learned.build(encode_for(interactions, settings), items), metrics


def _evaluate(model: Model, queries: Sequence[Query], catalogue: Sequence[str]) -> dict[str, float]:
    return recommendation_metrics(ModelRecommender.of(model, catalogue), queries, catalogue)


def recommendation_metrics(
    recommender: Recommender, queries: Sequence[Query], catalogue: Sequence[str]
) -> dict[str, float]:
    """Return the metrics of the best 25 items of the `catalogue`."""
    return average_metrics(recommender.recommend(queries), [query.targets for query in queries], len(catalogue))


def ranking_metrics(
    recommender: Recommender, queries: Sequence[Query], candidates: Sequence[Sequence[str]], catalogue_size: int
) -> dict[str, float]:
    """Return the metrics of a ranking of the given candidates."""
    return average_metrics(recommender.rank(queries, candidates), [query.targets for query in queries], catalogue_size)


def sample_candidates(queries: Sequence[Query], catalogue: Sequence[str], seed: int = 0) -> list[list[str]]:
    """Return for each query its targets and 100 evenly drawn other items of the `catalogue`, sorted by id."""
    random = np.random.default_rng(seed)
    result = []
    for query in queries:
        others = [item for item in catalogue if item not in query.targets]
        drawn = random.choice(len(others), min(SAMPLED_CANDIDATES, len(others)), replace=False)
        result.append(sorted([*query.targets, *(others[place] for place in drawn)]))
    return result


def catalogue_of(interactions: Interactions, items: Items | None) -> list[str]:
    """Return all item ids of the data, sorted."""
    return sorted({*interactions.item_ids, *(items.item_ids if items else ())})
