"""The models of the `implicit` library, tuned on an inner split, to be measured beside ours. Needs `implicit`."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
from scipy import sparse

from local_aws.recommender.evaluation_split import Question, split
from local_aws.recommender.metrics import DEPTH, ndcg
from local_aws.recommender.types import Interactions

TUNED_CUT = 10


def available() -> bool:
    """Whether `implicit` is installed."""
    return find_spec("implicit") is not None


def families() -> dict[str, list[Callable[[], Any]]]:
    """For each family its untrained variants to choose from."""
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
    from implicit.utils import ParameterWarning

    # Its neighbours warn of the matrices that they hand to themselves.
    warnings.simplefilter("ignore", ParameterWarning)
    als = [
        lambda f=f, a=a: AlternatingLeastSquares(f, regularization=0.05, alpha=a, iterations=15, random_state=1)
        for f, a in product((32, 128), (1.0, 5.0, 20.0))
    ]
    bpr = [
        lambda f=f, r=r: BayesianPersonalizedRanking(f, learning_rate=r, iterations=100, random_state=1)
        for f, r in product((32, 128), (0.02, 0.1))
    ]
    neighbours = [
        lambda kind=kind, k=k: kind(K=k)
        for kind, k in product((CosineRecommender, TFIDFRecommender, BM25Recommender), (20, 100, 500))
    ]
    return {"ALS": als, "BPR": bpr, "item-kNN": neighbours}


def trained(family: str, training: Interactions, questions: Sequence[Question]) -> "Comparator":
    """The best variant of a family by NDCG@10 on an inner split of `training`, trained on all that may be known.

    That is `training` and the histories of the questions: a factor model needs the people it is asked about.
    """
    inner, inner_questions = split(training, seed=1)
    variants = [
        (variant, whether)
        for variant in families()[family]
        for whether in (True, False)  # leave out what was seen?
    ]
    data = _Data.of(inner, inner_questions)
    models = {id(variant): data.fit(variant()) for variant, _ in variants}
    marks = [_mark(Comparator(models[id(variant)], data, skip), inner_questions) for variant, skip in variants]
    variant, skip = variants[int(np.argmax(marks))]
    final = _Data.of(training, questions)
    return Comparator(final.fit(variant()), final, skip)


def _mark(comparator: "Comparator", questions: Sequence[Question]) -> float:
    pairs = zip(comparator.recommended(questions), questions, strict=True)
    return float(np.mean([ndcg(items, question.answers, TUNED_CUT) for items, question in pairs]))


@dataclass(frozen=True)
class _Data:
    """Users x items counts: the training users, then one row for each question."""

    matrix: sparse.csr_matrix
    items: list[str]
    first_question: int

    @classmethod
    def of(cls, training: Interactions, questions: Sequence[Question]) -> "_Data":
        items = sorted({*training.item_ids, *(event.item_id for q in questions for event in q.history)})
        places = {item: place for place, item in enumerate(items)}
        users = {user: place for place, user in enumerate(sorted(set(training.user_ids)))}
        rows = [users[user] for user in training.user_ids]
        rows += [len(users) + place for place, q in enumerate(questions) for _ in q.history]
        columns = [places[item] for item in training.item_ids]
        columns += [places[event.item_id] for q in questions for event in q.history]
        counts = np.ones(len(rows), np.float32)
        shape = (len(users) + len(questions), len(items))
        return cls(sparse.csr_matrix((counts, (rows, columns)), shape=shape), items, len(users))

    def fit(self, model: Any) -> Any:
        model.fit(self.matrix, show_progress=False)
        return model


@dataclass(frozen=True)
class Comparator:
    """A trained model of `implicit`; `skip_seen` leaves out what the history holds, if that was found better."""

    model: Any
    data: _Data
    skip_seen: bool

    def recommended(self, questions: Sequence[Question]) -> list[list[str]]:
        """The 25 best items for each question, best first."""
        return list(self._lists(questions, DEPTH, self.skip_seen))

    def ranked(self, questions: Sequence[Question], candidates: Sequence[Sequence[str]]) -> list[list[str]]:
        """The candidates by the model's order of the whole catalogue; those it leaves out come last."""
        result = []
        for question, names in zip(
            self._lists(questions, len(self.data.items), self.skip_seen), candidates, strict=True
        ):
            order = {name: place for place, name in enumerate(question)}
            result.append(sorted(names, key=lambda name: order.get(name, len(order))))
        return result

    def _lists(self, questions: Sequence[Question], most: int, skip_seen: bool) -> Iterator[list[str]]:
        rows = np.arange(len(questions)) + self.data.first_question
        for part in np.array_split(rows, max(1, len(rows) // 200)):
            known = self.data.matrix[part]
            found, scores = self.model.recommend(part, known, N=most, filter_already_liked_items=skip_seen)
            for places, values in zip(found, scores, strict=True):
                kept = (places >= 0) & (values > -1e30)
                yield [self.data.items[place] for place in places[kept]]
