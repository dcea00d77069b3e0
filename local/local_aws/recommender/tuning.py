"""Chooses the ridges on people held out of the training, over the most frequent items, where a solve is cheap."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender import item_similarity
from local_aws.recommender.sequences import Sequences
from local_aws.recommender.statistics import Ridges, newest, regression_parts
from local_aws.recommender.training_queries import Ask, answers_of, asks, past_of
from local_aws.recommender.user_history import Past

ITEMS = 1500
EVENTS = 200_000
ASKED = 400
TASTE = (2.0, 8.0, 30.0)
SOON = (1.0, 5.0)
DAMPING = 0.5
SOON_HALF_LIFE = 4.0


def tune(sequences: Sequences, size: int, random: np.random.Generator) -> Ridges:
    """The ridges whose graphs alone place the unseen answers best."""
    trial = _Trial.of(_excerpt(sequences, size, random), random)
    if not trial.questions:
        return Ridges()
    gram = trial.gram(0.0)
    marks = {ridge: trial.mark(item_similarity.taste(gram, ridge), 1e9) for ridge in TASTE}
    best = Ridges(taste=max(marks, key=marks.__getitem__))
    damped = trial.mark(item_similarity.taste(trial.gram(DAMPING), best.taste), 1e9)
    if damped > marks[best.taste]:
        best = replace(best, damping=DAMPING)
    past, future = regression_parts(item_similarity.without_echoes(trial.training), trial.size)
    return replace(
        best, soon=max(SOON, key=lambda r: trial.mark(item_similarity.soon(past, future, r), SOON_HALF_LIFE))
    )


def _excerpt(sequences: Sequences, size: int, random: np.random.Generator) -> tuple[Sequences, int]:
    """Some people's events on the most frequent items, renumbered."""
    people = random.permutation(len(sequences.lengths))
    people = people[: max(1, int(np.searchsorted(np.cumsum(sequences.lengths[people]), EVENTS)))]
    part = newest(sequences.of(people))
    counts = np.bincount(part.items, minlength=size)
    often = np.sort(np.argsort(-counts, kind="stable")[:ITEMS])
    number = np.full(size, -1, np.int32)
    number[often] = np.arange(len(often))
    keep = number[part.items] >= 0
    starts = np.concatenate([[0], np.cumsum(np.bincount(part.users[keep], minlength=len(people)))])
    return Sequences(number[part.items[keep]], part.times[keep], part.weights[keep], starts), len(often)


@dataclass(frozen=True)
class _Trial:
    training: Sequences
    held_out: Sequences
    questions: list[Ask]
    size: int

    @classmethod
    def of(cls, excerpt: tuple[Sequences, int], random: np.random.Generator) -> "_Trial":
        sequences, size = excerpt
        people = random.permutation(len(sequences.lengths))
        asked = people[: min(ASKED, max(1, len(people) // 5))]
        held_out = sequences.of(asked)
        questions = asks(held_out, np.arange(len(asked)), random)
        return cls(sequences.of(people[len(asked) :]), held_out, questions, size)

    def gram(self, damping: float) -> NDArray[np.float32]:
        people = item_similarity.incidence(self.training, self.size, damping)
        return (people.T @ people).toarray()

    @cached_property
    def pasts(self) -> list[Past]:
        return [past_of(self.held_out, ask) for ask in self.questions]

    @cached_property
    def fresh(self) -> list[NDArray[np.integer]]:
        """For each question the answers that its history does not hold."""
        pairs = zip(self.questions, self.pasts, strict=True)
        return [np.setdiff1d(answers_of(self.held_out, ask), past.items) for ask, past in pairs]

    def mark(self, graph: NDArray[np.float32], half_life: float) -> float:
        """Mean discounted gain 1 / log2(1 + rank) of the fresh answers among the items not seen."""
        starts = np.concatenate([[0], np.cumsum([len(past) for past in self.pasts])])
        columns = np.concatenate([past.items for past in self.pasts])
        fading = np.concatenate([past.fading(half_life) for past in self.pasts])
        scores = sparse.csr_matrix((fading, columns, starts), shape=(len(self.pasts), self.size)) @ graph
        scores[np.repeat(np.arange(len(self.pasts)), np.diff(starts)), columns] = -np.inf
        pairs = zip(scores, self.fresh, strict=True)
        gains = [1 / np.log2(2 + np.count_nonzero(row > row[item])) for row, items in pairs for item in items]
        return float(np.mean(gains)) if gains else 0.0
