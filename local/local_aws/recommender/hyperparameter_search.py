"""Search hyperparameters: train with each candidate, and compare on users that neither training nor test has."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from local_aws.recommender.evaluation import evaluate
from local_aws.recommender.evaluation_split import split
from local_aws.recommender.types import Interactions, Items, Settings, TrainingError

OBJECTIVE = "normalized_discounted_cumulative_gain_at_10"


def search(
    interactions: Interactions, items: Items | None, settings: Settings, candidates: Sequence[Mapping[str, str]]
) -> Mapping[str, str]:
    """Return the candidate with the best NDCG@10, of equal ones the first.

    The users whose events `evaluate` is to find have no part in this. With too few other data it is the first one.
    """
    training, _ = split(interactions, settings.seed)

    def score(candidate: Mapping[str, str]) -> float:
        hyperparameters = {**settings.hyperparameters, **candidate}
        return evaluate(training, items, replace(settings, hyperparameters=hyperparameters, seed=settings.seed + 1))[
            OBJECTIVE
        ]

    try:
        scores = [score(candidate) for candidate in candidates]
    except TrainingError:
        return candidates[0]
    return candidates[scores.index(max(scores))]
