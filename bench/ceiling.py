"""`python -m bench.ceiling [WORLD …]`: estimate the best metrics that any recommender could reach on a synthetic world.

The oracle knows the rules of the world, all its items and the state of each user, but not the random draws. The best it
can do is to simulate the rest of a user's events many times and to recommend the most frequent items. No recommender
has even a part of this information.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate

from bench.worlds import WORLDS, Row, Simulation, User
from local_aws.recommender import Interactions
from local_aws.recommender.evaluation import catalogue_of, recommendation_metrics
from local_aws.recommender.evaluation_split import Query, held_out_users, leave_out_newest
from local_aws.recommender.metrics import DEPTH

FUTURES = 300


class Oracle:
    """A recommender that knows everything except the random draws."""

    def __init__(self, name: str, seed: int = 1) -> None:
        """Simulate a world of `WORLDS` and record the state of each user after each choice."""
        self._simulation = Simulation(WORLDS[name], seed)
        self._states: dict[str, list[tuple[User, int]]] = defaultdict(list)
        rows: list[Row] = []
        for user_id, user, events in self._simulation.simulate():
            self._states[user_id].append((user.copy(), len(events)))
            rows += events
        users, items, times, types = (list(column) for column in zip(*rows, strict=True))
        self.interactions = Interactions(users, items, times, types)

    def recommend(self, queries: Sequence[Query]) -> list[list[str]]:
        """Return for each query the 25 items that occur in most of the simulated futures."""
        return [[f"i{item}" for item, _ in self._count_futures(query).most_common(DEPTH)] for query in queries]

    def _count_futures(self, query: Query) -> Counter[int]:
        states = self._states[query.user_id]
        events_until = list(accumulate(events for _, events in states))
        # The history of a query may end between the events of one choice. That choice is then drawn again.
        known = max(0, sum(events <= len(query.history) for events in events_until) - 1)
        left = events_until[-1] - len(query.history)
        return Counter(item for _ in range(FUTURES) for item in self._simulate_future(states[known][0], left))

    def _simulate_future(self, user: User, events: int) -> set[int]:
        user, before = user.copy(), len(user.past)
        while events > 0 and self._simulation.choose(user):
            events -= len(self._simulation.draw_events("", user))
        return set(user.past[before:])


def main() -> None:
    """Print NDCG@10 and MRR@25 of the worlds on the command line."""
    for name in sys.argv[1:] or WORLDS:
        oracle = Oracle(name)
        users = held_out_users(oracle.interactions.user_ids, 0)
        queries = list(leave_out_newest(oracle.interactions, users))
        metrics = recommendation_metrics(oracle, queries, catalogue_of(oracle.interactions, None))
        ndcg = metrics["normalized_discounted_cumulative_gain_at_10"]
        mrr = metrics["mean_reciprocal_rank_at_25"]
        counts = f"{len(queries)} queries, {FUTURES} futures each"
        print(f"{name}: NDCG@10 {ndcg:.3f}, MRR@25 {mrr:.3f} ({counts})", flush=True)


if __name__ == "__main__":
    main()
