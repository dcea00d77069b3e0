"""`python -m bench.recommender [speed|quality] [WORLD …]`: measure the cost and the quality of the recommender.

`speed`: training on 1,000,000 interactions x 10,000 items (seconds, peak memory), and recommending 25 of 10,000 items
(milliseconds, in the process). `quality`: the metrics of the documented protocol on synthetic worlds, compared with
`implicit`.
"""

import argparse
import resource
import sys
import time

import numpy as np

from bench.worlds import WORLDS, generate_named
from local_aws.recommender import Event, Interactions, Model, Settings, train
from local_aws.recommender.__main__ import compare

USERS, ITEMS, INTERACTIONS, NUM_RESULTS, REQUESTS = 50_000, 10_000, 1_000_000, 25, 2000
MEAN_HISTORY_LENGTH = 30


def main() -> int:
    """Print the measurements that the command line selects."""
    parser = argparse.ArgumentParser(prog="python -m bench.recommender", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("speed", "quality"), default="speed")
    parser.add_argument("worlds", nargs="*", default=list(WORLDS), help=f"of {', '.join(WORLDS)}")
    options = parser.parse_args()
    if options.what == "speed":
        speed()
    else:
        for name in options.worlds:
            print(f"\n===== {name} =====")
            compare(generate_named(name), None)
    return 0


def speed() -> None:
    """Measure training and recommending at the sizes that the project promises."""
    interactions = generate_large(INTERACTIONS, USERS, ITEMS)
    began, used = time.perf_counter(), time.process_time()
    model = train(interactions, None, Settings())
    print(f"training, {INTERACTIONS:,} interactions x {ITEMS:,} items: {time.perf_counter() - began:.1f} s", end=" ")
    print(f"({time.process_time() - used:.1f} s of one core), peak memory {_peak():.2f} GB")
    began = time.perf_counter()
    data = model.to_bytes()
    Model.from_bytes(data)
    print(f"stored and loaded: {len(data) / 1e6:.0f} MB in {time.perf_counter() - began:.1f} s")
    latencies = np.sort(measure_requests(model)) * 1000
    p50, p99 = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.99)]
    print(f"{NUM_RESULTS} of {ITEMS:,} items, {REQUESTS} requests: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


def generate_large(interactions: int, users: int, items: int, seed: int = 0) -> Interactions:
    """Return events of groups of similar users. Popularity and the lengths of histories follow power laws."""
    random = np.random.default_rng(seed)
    activity = random.pareto(1.5, users) + 1
    event_users = random.choice(users, interactions, p=activity / activity.sum())
    popularity = random.permutation(np.arange(1, items + 1)) ** -0.8
    rank = random.choice(items, interactions, p=popularity / popularity.sum())
    groups = random.integers(0, 40, users)[event_users]
    event_items = np.where(random.random(interactions) < 0.7, (rank * 40 + groups) % items, rank)
    times = np.sort(random.integers(1_600_000_000, 1_700_000_000, interactions)).astype(float)
    return Interactions([f"user-{u}" for u in event_users], [f"item-{i}" for i in event_items], times.tolist())


def measure_requests(model: Model, seed: int = 1) -> np.ndarray:
    """Return the (requests,) latency of each request in seconds, with histories of about 30 events."""
    random = np.random.default_rng(seed)
    names = model.features.catalogue.item_ids
    latencies = []
    for length in random.poisson(MEAN_HISTORY_LENGTH, REQUESTS):
        history = [Event(names[i], 1.7e9 + k) for k, i in enumerate(random.integers(0, len(names), length))]
        began = time.perf_counter()
        model.recommend(history, NUM_RESULTS)
        latencies.append(time.perf_counter() - began)
    return np.array(latencies)


def _peak() -> float:
    """Return the peak resident memory of this process in GB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


if __name__ == "__main__":
    sys.exit(main())
