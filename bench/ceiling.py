"""`python -m bench.ceiling [WORLD …]`: how well anybody could foretell a made-up world.

Who knew its rules, all its things and what each person is like, but not how chance will fall, could not do better than
to live the rest of a life many times over and to name what comes up most. No recommender knows a fraction of that.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate

from bench.worlds import WORLDS, Person, Row, Stage
from local_aws.recommender import Interactions
from local_aws.recommender.evaluation import catalogue_of, recommendation_metrics
from local_aws.recommender.evaluation_split import Question, held_out_users, questions
from local_aws.recommender.metrics import DEPTH

FUTURES = 300


class Knowing:
    """A recommender that knows everything but the dice."""

    def __init__(self, name: str, seed: int = 1) -> None:
        """Build a world of `WORLDS` and remember what everybody was like after each choice."""
        self._stage = Stage(WORLDS[name], seed)
        self._moments: dict[str, list[tuple[Person, int]]] = defaultdict(list)
        rows: list[Row] = []
        for user, person, acts in self._stage.lives():
            self._moments[user].append((person.copy(), len(acts)))
            rows += acts
        users, items, times, types = (list(column) for column in zip(*rows, strict=True))
        self.interactions = Interactions(users, items, times, types)

    def recommended(self, asked: Sequence[Question]) -> list[list[str]]:
        """For each question the 25 things that come up in most of the futures."""
        return [[f"i{thing}" for thing, _ in self._outlook(question).most_common(DEPTH)] for question in asked]

    def _outlook(self, question: Question) -> Counter[int]:
        moments = self._moments[question.user_id]
        done = list(accumulate(events for _, events in moments))
        # A question may cut through the events of one choice: then that choice is still open.
        known = max(0, sum(events <= len(question.history) for events in done) - 1)
        left = done[-1] - len(question.history)
        return Counter(thing for _ in range(FUTURES) for thing in self._future(moments[known][0], left))

    def _future(self, person: Person, events: int) -> set[int]:
        person, before = person.copy(), len(person.past)
        while events > 0 and self._stage.choose(person):
            events -= len(self._stage.acts("", person))
        return set(person.past[before:])


def main() -> None:
    """Print NDCG@10 and MRR@25 of the worlds asked for."""
    for name in sys.argv[1:] or WORLDS:
        knowing = Knowing(name)
        users = held_out_users(knowing.interactions.user_ids, 0)
        asked = list(questions(knowing.interactions, users))
        marks = recommendation_metrics(knowing, asked, catalogue_of(knowing.interactions, None))
        ndcg, mrr = (
            marks[key] for key in ("normalized_discounted_cumulative_gain_at_10", "mean_reciprocal_rank_at_25")
        )
        print(f"{name}: NDCG@10 {ndcg:.3f}, MRR@25 {mrr:.3f} ({len(asked)} asked, {FUTURES} futures each)", flush=True)


if __name__ == "__main__":
    main()
