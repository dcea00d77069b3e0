"""`python -m bench.recommender [speed|quality] [WORLD …]`: what the recommender costs, and how well it foretells.

`speed`: training on 1,000,000 interactions x 10,000 items (seconds, peak memory) and answering 25 of 10,000
(milliseconds, in the process). `quality`: the metrics of the documented protocol on made-up worlds, beside `implicit`.
"""

import argparse
import resource
import sys
import time

import numpy as np

from bench.worlds import WORLDS, named
from local_aws.recommender import Event, Interactions, Model, Settings, train
from local_aws.recommender.__main__ import compare

USERS, ITEMS, INTERACTIONS, ANSWERS, REQUESTS = 50_000, 10_000, 1_000_000, 25, 2000
HISTORIES = 30


def main() -> int:
    """Print the figures asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.recommender", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("speed", "quality"), default="speed")
    parser.add_argument("worlds", nargs="*", default=list(WORLDS), help=f"of {', '.join(WORLDS)}")
    wish = parser.parse_args()
    if wish.what == "speed":
        speed()
    else:
        for name in wish.worlds:
            print(f"\n===== {name} =====")
            compare(named(name), None)
    return 0


def speed() -> None:
    """Train and ask at the sizes that the project promises."""
    interactions = many(INTERACTIONS, USERS, ITEMS)
    began, used = time.perf_counter(), time.process_time()
    model = train(interactions, None, Settings())
    print(f"training, {INTERACTIONS:,} interactions x {ITEMS:,} items: {time.perf_counter() - began:.1f} s", end=" ")
    print(f"({time.process_time() - used:.1f} s of one core), peak memory {_peak():.2f} GB")
    began = time.perf_counter()
    data = model.to_bytes()
    Model.from_bytes(data)
    print(f"stored and loaded: {len(data) / 1e6:.0f} MB in {time.perf_counter() - began:.1f} s")
    took = np.sort(requests(model)) * 1000
    middle, slow = took[len(took) // 2], took[int(len(took) * 0.99)]
    print(f"{ANSWERS} of {ITEMS:,} items, {REQUESTS} requests: p50 {middle:.1f} ms, p99 {slow:.1f} ms")


def many(interactions: int, users: int, items: int, seed: int = 0) -> Interactions:
    """Events with groups of like-minded people, popularity by a power law and lengths of histories likewise."""
    random = np.random.default_rng(seed)
    activity = random.pareto(1.5, users) + 1
    who = random.choice(users, interactions, p=activity / activity.sum())
    fame = random.permutation(np.arange(1, items + 1)) ** -0.8
    rank = random.choice(items, interactions, p=fame / fame.sum())
    groups = random.integers(0, 40, users)[who]
    what = np.where(random.random(interactions) < 0.7, (rank * 40 + groups) % items, rank)
    when = np.sort(random.integers(1_600_000_000, 1_700_000_000, interactions)).astype(float)
    return Interactions([f"user-{u}" for u in who], [f"item-{i}" for i in what], when.tolist())


def requests(model: Model, seed: int = 1) -> np.ndarray:
    """(requests,) seconds of each answer, with histories of about 30 events."""
    random = np.random.default_rng(seed)
    names = model.knowledge.catalogue.item_ids
    took = []
    for length in random.poisson(HISTORIES, REQUESTS):
        history = [Event(names[i], 1.7e9 + k) for k, i in enumerate(random.integers(0, len(names), length))]
        began = time.perf_counter()
        model.recommend(history, ANSWERS)
        took.append(time.perf_counter() - began)
    return np.array(took)


def _peak() -> float:
    """Peak resident memory of this process in GB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


if __name__ == "__main__":
    sys.exit(main())
