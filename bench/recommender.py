"""`python -m bench.recommender [speed|growth|quality] [WORLD …]`: measure the cost and the quality of the recommender.

`speed`: training on generated data (processor seconds, peak memory), and recommending 25 items (milliseconds, in the
process). `growth`: the exponents with which the cost of a training grows with the number of interactions and of items.
`quality`: the metrics on synthetic worlds, on the public data of `bench/public_data.py`, or on FILE.csv, compared with
`implicit`, SASRec and the other baselines: by the documented protocol and by the time cut, and of users who are new
after the cut. The first two take part where they are installed: `pip install -r requirements/bench.in`.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench import baselines, figures, public_data, sasrec
from bench.worlds import WORLDS, generate_named
from local_aws.recommender import Event, Interactions, Model, Settings, train
from local_aws.recommender import baselines as implicit
from local_aws.recommender.baselines import Family
from local_aws.recommender.comparison import compare
from local_aws.recommender.csv_data import read_interactions
from local_aws.recommender.evaluation_split import DOCUMENTED, TIME_CUT, queries_of_new_users

NUM_RESULTS, REQUESTS = 25, 1000
GROWTH = 4
MEAN_HISTORY_LENGTH = 30
LENGTHS = (1, 2, 5)


def main() -> int:
    """Print the measurements that the command line selects."""
    parser = argparse.ArgumentParser(prog="python -m bench.recommender", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("speed", "growth", "quality"), default="speed")
    parser.add_argument(
        "worlds", nargs="*", default=list(WORLDS), help=f"of {', '.join([*WORLDS, *public_data.names()])}, or files"
    )
    parser.add_argument("--interactions", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=10_000)
    options = parser.parse_args()
    if options.what == "speed":
        speed(options.interactions, options.items)
    elif options.what == "growth":
        growth(options.interactions // 10, options.items // 2)
    else:
        for name in options.worlds:
            print(f"\n===== {name} =====")
            quality(read_data(name))
    return 0


def read_data(name: str) -> Interactions:
    """Return the events of a file, of a public data set or of a world."""
    if name.endswith(".csv"):
        return read_interactions(Path(name))
    return public_data.load(name) if name in public_data.names() else generate_named(name)


def comparators() -> dict[str, Family]:
    """Return all baselines whose libraries are installed, and print what is missing."""
    result = baselines.families()
    for library, module in (("implicit", implicit), ("torch", sasrec)):
        if module.available():
            result |= module.families()
        else:
            print(f"`{library}` is not installed, so its models are left out (pip install -r requirements/bench.in)")
    return result


def quality(interactions: Interactions) -> None:
    """Compare by both protocols. The figure to trust is that of the time cut."""
    families = comparators()
    compare(interactions, None, DOCUMENTED, families)
    short = {f"after {length} events of new users": queries_of_new_users(interactions, length) for length in LENGTHS}
    compare(interactions, None, TIME_CUT, families, {title: asked for title, asked in short.items() if asked})


def speed(interactions: int, items: int) -> None:
    """Measure training, memory and recommending at one size."""
    model, cost = train_at(interactions, items)
    print(f"{interactions:,} interactions x {items:,} items: {cost.seconds:.1f} CPU-seconds, peak {cost.memory:.2f} GB")
    data = model.to_bytes()
    Model.from_bytes(data)
    print(f"stored: {len(data) / 1e6:.0f} MB")
    for title, clock in (("elapsed", time.perf_counter), ("processor time", time.process_time)):
        latencies = measure_requests(model, clock)
        print(f"{NUM_RESULTS} of {items:,} items, {REQUESTS} requests, {title}: ", end="")
        print(f"p50 {figures.p50(latencies) * 1000:.1f} ms, p99 {figures.p99(latencies) * 1000:.1f} ms", flush=True)


def growth(interactions: int, items: int) -> None:
    """Print the exponents with which the cost grows from this size: 1 is proportional to the size."""
    print(f"from {interactions:,} interactions x {items:,} items, each size in a new process")
    small = cost_in_new_process(interactions, items)
    for title, factors in (("interactions", (GROWTH, 1)), ("items", (1, GROWTH)), ("both", (GROWTH, GROWTH))):
        large = cost_in_new_process(interactions * factors[0], items * factors[1])
        seconds, memory = (np.log(large[side] / small[side]) / np.log(GROWTH) for side in range(2))
        print(f"{GROWTH} times the {title}: CPU-seconds grow with exponent {seconds:.2f}, memory {memory:.2f}")


class Cost(NamedTuple):
    """Processor seconds of a training, and the peak resident memory of its process in GB."""

    seconds: float
    memory: float


def train_at(interactions: int, items: int) -> tuple[Model, Cost]:
    """Train on generated data, with a twentieth as many users as interactions."""
    data = generate_large(interactions, max(100, interactions // 20), items)
    began = time.process_time()
    model = train(data, None, Settings())
    return model, Cost(time.process_time() - began, _peak())


def cost_in_new_process(interactions: int, items: int) -> Cost:
    """Return the cost of a training whose peak memory no other training has raised."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_cost, interactions, items).result()


def _cost(interactions: int, items: int) -> Cost:
    return train_at(interactions, items)[1]


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
    user_names, item_names = [f"user-{u}" for u in range(users)], [f"item-{i}" for i in range(items)]
    user_ids, item_ids = [user_names[u] for u in event_users], [item_names[i] for i in event_items]
    return Interactions(user_ids, item_ids, times.tolist())


def measure_requests(model: Model, clock: Callable[[], float], seed: int = 1) -> list[float]:
    """Return the (requests,) latency of each request in seconds, with histories of about 30 events."""
    random = np.random.default_rng(seed)
    names = model.features.catalogue.item_ids
    latencies = []
    for length in random.poisson(MEAN_HISTORY_LENGTH, REQUESTS):
        history = [Event(names[i], 1.7e9 + k) for k, i in enumerate(random.integers(0, len(names), length))]
        began = clock()
        model.recommend(history, NUM_RESULTS)
        latencies.append(clock() - began)
    return latencies


def _peak() -> float:
    """Return the peak resident memory of this process in GB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


if __name__ == "__main__":
    sys.exit(main())
