"""What showing only groups with pets costs: NDCG@10 of the next group of users of the example data."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

from bench.figures import console, table
from local_aws.recommender import Event, Interactions, train
from local_aws.recommender.csv_data import read_interactions

SEED = Path(__file__).resolve().parents[1] / "seed" / "interactions.csv"

Visit = tuple[float, str]
"""A time, and a group."""


@dataclass(frozen=True)
class Questions:
    """Users with the group that each looks at next, all groups ranked for each, and the groups by popularity."""

    target: dict[str, str]
    rankings: dict[str, list[str]]
    popularity: Counter[str]


def report(sizes: Sequence[int], users: int) -> None:
    """Print how well the next group is found among all groups and among those with pets, for numbers of pets."""
    rng = random.Random(1)
    questions = _ask(users, rng)
    columns = ["pets", "groups with pets", "all groups", "with pets", "target has pets", "same, of best 500", "lost"]
    rows = [_row(questions, size, rng) for size in sizes]
    table(f"NDCG@10 of the next group, {users} users of the example data", columns, rows)
    console.print(
        "Lost: by showing only groups with pets, whatever the method; the visitor's next group may have none. The last "
        "two figures are of users whose next group has a pet: ranking all groups exactly, and ranking the best 500 and "
        "then by popularity, as recommend does.\n"
    )


def _ask(users: int, rng: random.Random) -> Questions:
    data = read_interactions(SEED)
    visits: dict[str, list[Visit]] = {}
    for user, item, moment in zip(data.user_ids, data.item_ids, data.timestamps, strict=True):
        visits.setdefault(user, []).append((moment, item))
    asked = rng.sample(sorted(user for user, events in visits.items() if len(events) >= 5), users)
    held = {user: max(visits[user]) for user in asked}
    model = train(_before(data, held), None)
    popularity = Counter(data.item_ids)
    rankings = {}
    for user in asked:
        history = [Event(item, moment) for moment, item in sorted(visits[user]) if moment < held[user][0]]
        rankings[user] = [item.item_id for item in model.recommend(history, len(popularity))]
    return Questions({user: group for user, (_, group) in held.items()}, rankings, popularity)


def _before(data: Interactions, held: dict[str, Visit]) -> Interactions:
    """Return the interactions without those that the held-out users had at or after their last visit."""
    rows = zip(data.user_ids, data.item_ids, data.timestamps, strict=True)
    kept = [row for row in rows if row[0] not in held or row[2] < held[row[0]][0]]
    user_ids, item_ids, timestamps = zip(*kept, strict=True)
    return Interactions(list(user_ids), list(item_ids), list(timestamps))


def _row(questions: Questions, size: int, rng: random.Random) -> list[str]:
    groups = [group for group, _ in questions.popularity.most_common()]
    available = set(rng.choices(groups, [questions.popularity[group] for group in groups], k=size))
    fallback = [group for group in groups if group in available]
    exact = {user: [g for g in ranking if g in available] for user, ranking in questions.rankings.items()}
    of_500 = {
        user: [*dict.fromkeys([g for g in ranking[:500] if g in available] + fallback)]
        for user, ranking in questions.rankings.items()
    }
    asked = list(questions.target)
    reachable = [user for user in asked if questions.target[user] in available]
    figures = [
        _ndcg(questions.rankings, questions.target, asked),
        _ndcg(exact, questions.target, asked),
        _ndcg(exact, questions.target, reachable),
        _ndcg(of_500, questions.target, reachable),
    ]
    lost = f"{1 - figures[1] / figures[0]:.0%}"
    return [f"{size:,}", f"{len(available):,} of {len(groups):,}", *(f"{value:.4f}" for value in figures), lost]


def _ndcg(rankings: dict[str, list[str]], target: dict[str, str], users: Sequence[str]) -> float:
    gains = [1 / log2(2 + place) for user in users for place, g in enumerate(rankings[user][:10]) if g == target[user]]
    return sum(gains) / max(len(users), 1)
