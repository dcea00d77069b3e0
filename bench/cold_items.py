"""`python -m bench.cold_items FILE.csv ITEMS.csv`: recommend items without events, compared with a content-based kNN.

A fifth of the items lose all their events. The users are held out of the training. What they chose of these items is to
be found among all of these items.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from local_aws.recommender import Interactions, Items
from local_aws.recommender.catalogue import MetadataColumn
from local_aws.recommender.csv_data import read_interactions, read_items
from local_aws.recommender.evaluation_split import Query, held_out_users, leave_out_newest, select_rows
from local_aws.recommender.metrics import average_metrics
from local_aws.recommender.training import fit
from local_aws.recommender.types import DEFAULT_SETTINGS, Event

COLD_SHARE = 0.2
HALF_LIVES = (2.0, 20.0, 1e9)


def main() -> None:
    """Print NDCG@10 of our model and of the content-based kNN with each half-life."""
    interactions, items = read_interactions(Path(sys.argv[1])), read_items(Path(sys.argv[2]))
    cold = _draw_cold(items)
    training, queries = _split(interactions, cold)
    model = fit(training, items, DEFAULT_SETTINGS)
    ours = [[scored.item_id for scored in model.recommend(q.history, 25, allowed=cold)] for q in queries]
    print(f"{len(cold)} items without events, {len(queries)} queries\nours: {_ndcg(ours, queries, cold):.4f}")
    for half_life in HALF_LIVES:
        recommend = content_neighbours(items, cold, half_life)
        score = _ndcg([recommend(query.history) for query in queries], queries, cold)
        print(f"content-based kNN, half-life {half_life:g}: {score:.4f}")


def content_neighbours(items: Items, cold: frozenset[str], half_life: float) -> Callable[[Sequence[Event]], list[str]]:
    """Return a recommender of the cold items whose categories, by tf-idf, are most like those of the history."""
    columns = [(MetadataColumn.fit(name, values), values) for name, values in items.metadata.items()]
    labels = sparse.csr_matrix(sparse.hstack([column.encode(values) for column, values in columns]).sign())
    rarity = np.log(len(items.item_ids) / np.maximum(np.asarray(labels.sum(axis=0)).ravel(), 1))
    vectors = labels @ sparse.diags(rarity)
    norms = np.sqrt(np.asarray(vectors.power(2).sum(axis=1)).ravel())
    vectors = sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-9)) @ vectors)
    places = {item: place for place, item in enumerate(items.item_ids)}
    names = np.array(sorted(cold))
    candidates = vectors[[places[name] for name in names]]

    def recommend(history: Sequence[Event]) -> list[str]:
        newest_first = [places[event.item_id] for event in reversed(history) if event.item_id in places]
        weights = 0.5 ** (np.arange(len(newest_first)) / half_life)
        scores = candidates @ (vectors[newest_first].T @ weights)
        return [str(name) for name in names[np.argsort(-scores, kind="stable")[:25]]]

    return recommend


def _draw_cold(items: Items) -> frozenset[str]:
    names = sorted(items.item_ids)
    return frozenset(np.random.default_rng(0).choice(names, int(COLD_SHARE * len(names)), replace=False).tolist())


def _split(interactions: Interactions, cold: frozenset[str]) -> tuple[Interactions, list[Query]]:
    users = held_out_users(interactions.user_ids, 0)
    known = [row for row, item in enumerate(interactions.item_ids) if item not in cold]
    training = [row for row in known if interactions.user_ids[row] not in users]
    chosen: dict[str, set[str]] = {}
    for user, item in zip(interactions.user_ids, interactions.item_ids, strict=True):
        if item in cold:
            chosen.setdefault(user, set()).add(item)
    histories = leave_out_newest(select_rows(interactions, known), users)
    queries = [Query(q.user_id, q.history, frozenset(chosen[q.user_id])) for q in histories if q.user_id in chosen]
    return select_rows(interactions, training), queries


def _ndcg(lists: list[list[str]], queries: list[Query], cold: frozenset[str]) -> float:
    metrics = average_metrics(lists, [query.targets for query in queries], len(cold))
    return metrics["normalized_discounted_cumulative_gain_at_10"]


if __name__ == "__main__":
    main()
