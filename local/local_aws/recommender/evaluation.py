"""Measures a training as Personalize documents it: on users that the model has never seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from local_aws.recommender.evaluation_split import Question, split
from local_aws.recommender.metrics import DEPTH, summarise
from local_aws.recommender.model import Model
from local_aws.recommender.sequences import require_enough
from local_aws.recommender.training import fit
from local_aws.recommender.types import DEFAULTS, Interactions, Items, Settings

OTHER_CANDIDATES = 100


class Recommender(Protocol):
    """What can be measured: ours, and those we compare with."""

    def recommended(self, questions: Sequence[Question]) -> list[list[str]]:
        """For each question the 25 best items of the catalogue, best first."""
        ...

    def ranked(self, questions: Sequence[Question], candidates: Sequence[Sequence[str]]) -> list[list[str]]:
        """For each question its candidates, best first."""
        ...


@dataclass(frozen=True)
class Ours:
    """Our model as a thing to be measured."""

    model: Model

    def recommended(self, questions: Sequence[Question]) -> list[list[str]]:
        """As GetRecommendations answers, without exploration."""
        return [[scored.item_id for scored in self.model.recommend(q.history, DEPTH)] for q in questions]

    def ranked(self, questions: Sequence[Question], candidates: Sequence[Sequence[str]]) -> list[list[str]]:
        """As GetPersonalizedRanking answers."""
        pairs = zip(questions, candidates, strict=True)
        return [[scored.item_id for scored in self.model.rank(q.history, items)] for q, items in pairs]


def evaluate(interactions: Interactions, items: Items | None, settings: Settings = DEFAULTS) -> dict[str, float]:
    """Train on 90% of the users and ask for the newest 10% of the events of the others, out of the whole catalogue.

    Returns GetSolutionMetrics' keys, each 0..1, for either recipe. Raises TrainingError where there is too little data.
    """
    require_enough(interactions)
    training, questions = split(interactions, settings.seed)
    return recommendation_metrics(Ours(fit(training, items, settings)), questions, catalogue_of(interactions, items))


def recommendation_metrics(
    recommender: Recommender, questions: Sequence[Question], catalogue: Sequence[str]
) -> dict[str, float]:
    """The metrics of the best 25 out of the `catalogue`."""
    return summarise(recommender.recommended(questions), [q.answers for q in questions], len(catalogue))


def ranking_metrics(
    recommender: Recommender, questions: Sequence[Question], candidates: Sequence[Sequence[str]], catalogue: int
) -> dict[str, float]:
    """The metrics of a ranking of given candidates, where `catalogue` is the number of all items."""
    return summarise(recommender.ranked(questions, candidates), [q.answers for q in questions], catalogue)


def candidates_of(questions: Sequence[Question], catalogue: Sequence[str], seed: int = 0) -> list[list[str]]:
    """For each question its answers and 100 other items of the `catalogue`, evenly drawn, in no telling order."""
    random = np.random.default_rng(seed)
    result = []
    for question in questions:
        others = [item for item in catalogue if item not in question.answers]
        drawn = random.choice(len(others), min(OTHER_CANDIDATES, len(others)), replace=False)
        result.append(sorted([*question.answers, *(others[place] for place in drawn)]))
    return result


def catalogue_of(interactions: Interactions, items: Items | None) -> list[str]:
    """All item ids of the data, sorted."""
    return sorted({*interactions.item_ids, *(items.item_ids if items else ())})
