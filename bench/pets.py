"""Ways to recommend pets, compared for catalogues of 60 to 250,000: `python -m bench.pets [--pets N …]`.

- *filter*: Personalize filters on AVAILABLE_PETS and gives three times as many groups as needed; a query for each group
  finds its pets. A filter sees a change after up to 20 minutes.
- *ranking*: GetPersonalizedRanking ranks the groups that have pets, 500 in a call.
- *snapshot*: `recommend` as it is: the best groups, candidates from memory, one consistent read.

The service takes 20 ms for Personalize and 4 ms for a table, exactly. Of the pets that a method takes for available,
2% are gone. *Added* is what pets add: beyond the median of the same request without `pets`, which is asked in turn with
it. The first two methods are only their calls, without validation, logs and metrics. Elapsed times suffer from what
else the machine does; processor times suffer less.
"""

import argparse
import io
import os
import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.pets.pet_table import to_available_pet
from animal_recommender.pets.snapshot import SNAPSHOT_KEY, AvailablePet, Snapshot, build_snapshot
from bench import pet_quality, stub
from bench.environment import Context, quiet, variables
from bench.figures import console, ms, p50, p99, table, verdict

SIZES = (60, 1000, 20_000, 250_000)
ROUNDS = 150
LIMIT = 6
PERSONALIZE, TABLE = 0.020, 0.004  # seconds
GOAL = 0.006  # seconds that pets add at p50, with 20,000 pets
OVERFETCH = 3
SHELTERS = 40


def catalogue(size: int) -> list[AvailablePet]:
    """Return pets of the stub's groups. The popularity of groups follows a power law, as that of breeds does."""
    rng = random.Random(size)
    groups = list(stub.ITEMS)
    rng.shuffle(groups)
    weights = [(rank + 1) ** -0.8 for rank in range(len(groups))]
    today = (datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    places = [(f"shelter {n}", rng.uniform(46, 49), rng.uniform(10, 17)) for n in range(SHELTERS)]
    pets = []
    for number, group in enumerate(rng.choices(groups, weights, k=size)):
        listed = today - int(rng.expovariate(1 / 30))
        pets.append(AvailablePet(group, listed, stub.pet_id(number, group, listed), *places[number % SHELTERS]))
    return pets


@dataclass(frozen=True)
class Measured:
    """Requests to one method: seconds and processor seconds of each, calls of a request, and positions filled.

    `plain` and `plain_processor` are those of the same requests without pets, which were asked in turn with these.
    """

    elapsed: list[float]
    processor: list[float]
    plain: list[float]
    plain_processor: list[float]
    calls: float
    filled: float
    filled_at_shelter: float

    def added(self, quantile: Callable[[Sequence[float]], float]) -> float:
        """Return how many seconds pets add at a quantile."""
        return quantile(self.elapsed) - p50(self.plain)


class Bench:
    """The three methods on one catalogue."""

    def __init__(self, service: stub.Service, pets: list[AvailablePet]) -> None:
        from animal_recommender.clients import client
        from animal_recommender.pets.pet_reader import PetReader
        from animal_recommender.recommendations import RecommendationSettings
        from recommend import function

        self._service = service
        self.content = build_snapshot(pets, "", len(stub.ITEMS))
        self._of_group: dict[str, list[AvailablePet]] = {}
        for pet in pets:
            self._of_group.setdefault(pet.group, []).append(pet)
        self._personalize = client("personalize-runtime", attempts=1)
        self._dynamodb = client("dynamodb", attempts=1, validation=False)
        self._reader = PetReader(self._dynamodb, "pets")
        self._threads = ThreadPoolExecutor(LIMIT)
        self._visitors = count()
        settings = RecommendationSettings(
            campaign_arn="arn:aws:personalize:::campaign/bench",
            fallback_bucket="b",
            fallback_key="popular.json",
            pets_table="pets",
            pets_bucket="b",
            history_table="history",
            age_limits=DEFAULT_AGE_LIMITS,
            long_waiting_days=60,
            long_waiting_share=0.2,
        )
        self._handler = function.make_handler(
            settings,
            personalize=self._personalize,
            make_s3=lambda: self,  # type: ignore[arg-type, return-value]
            make_dynamodb=lambda: self._dynamodb,
        )

    def get_object(self, **request: Any) -> dict[str, Any]:
        """Return the snapshot or the popular list, as S3 does."""
        content = self.content if request["Key"] == SNAPSHOT_KEY else b"{}"
        return {"Body": io.BytesIO(content), "ETag": "1"}

    def methods(self) -> dict[str, Callable[[dict[str, Any]], int]]:
        """Return the methods: each answers a request and returns how many positions it filled."""
        return {"filter": self._filter, "ranking": self._ranking, "snapshot": self._snapshot}

    def _snapshot(self, pets: dict[str, Any]) -> int:
        return self._ask(pets=pets)

    def _ask(self, **request: Any) -> int:
        """Ask recommend, each time for another visitor."""
        with quiet():
            return len(self._handler({"userId": f"u{next(self._visitors)}", "limit": LIMIT, **request}, Context()))

    def _filter(self, pets: dict[str, Any]) -> int:
        response = self._personalize.get_recommendations(
            campaignArn="arn:aws:personalize:::campaign/bench", userId="u", numResults=500
        )
        # The filter: of all groups those with pets, as of 20 minutes ago.
        ranked = [i["itemId"] for i in response["itemList"] if i["itemId"] in self._of_group][: LIMIT * OVERFETCH]
        candidates: list[AvailablePet] = []
        for start in range(0, len(ranked), LIMIT):
            groups = ranked[start : start + LIMIT]
            list(self._threads.map(self._query, groups))
            candidates += self._first_of(groups, pets)
            if len(candidates) >= LIMIT + 2:
                break
        return self._confirm(candidates)

    def _ranking(self, pets: dict[str, Any]) -> int:
        wanted = [group for group, found in self._of_group.items() if self._matching(found, pets)]
        ranked: list[str] = []
        for start in range(0, len(wanted), 500):
            response = self._personalize.get_personalized_ranking(
                campaignArn="arn:aws:personalize:::campaign/bench", userId="u", inputList=wanted[start : start + 500]
            )
            ranked += [item["itemId"] for item in response["personalizedRanking"]]
        return self._confirm(self._first_of(ranked[: LIMIT + 3], pets))

    def _first_of(self, groups: Sequence[str], pets: dict[str, Any]) -> list[AvailablePet]:
        """Return the first matching pet of each group that has one."""
        return [found[0] for group in groups if (found := self._matching(self._of_group[group], pets))]

    def _confirm(self, candidates: Sequence[AvailablePet]) -> int:
        """Read the first candidates; return how many positions they fill."""
        read = self._reader.read([pet.pet_id for pet in candidates[: LIMIT + 3]])
        return min(LIMIT, sum(pet.is_available for pet in read.values()))

    def _query(self, group: str) -> Any:
        return self._dynamodb.query(
            TableName="pets",
            IndexName="group",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": group}},
        )

    @staticmethod
    def _matching(found: list[AvailablePet], pets: dict[str, Any]) -> list[AvailablePet]:
        shelters = pets.get("shelters")
        return [pet for pet in found if pet.shelter in shelters] if shelters else found

    def measure(self, method: Callable[[dict[str, Any]], int], rounds: int) -> Measured:
        """Call a method and, in turn with it, `recommend` without pets."""
        self._service.reset(PERSONALIZE, TABLE)
        method({})
        self._ask()
        self._service.reset(PERSONALIZE, TABLE)
        both = [(_timed(self._ask), _timed(partial(method, {}))) for _ in range(rounds)]
        calls = sum(self._service.reset(PERSONALIZE, TABLE).values()) / rounds - 1  # without that of the plain request
        plain, found = zip(*both, strict=True)
        at_shelter = [method({"shelters": [f"shelter {n}"]}) for n in range(10)]
        return Measured(
            elapsed=[one.elapsed for one in found],
            processor=[one.processor for one in found],
            plain=[one.elapsed for one in plain],
            plain_processor=[one.processor for one in plain],
            calls=calls,
            filled=sum(one.filled for one in found) / rounds,
            filled_at_shelter=sum(at_shelter) / len(at_shelter),
        )


class _Timed(NamedTuple):
    elapsed: float
    processor: float
    filled: int


def _timed(ask: Callable[[], int]) -> _Timed:
    started, used = time.perf_counter(), time.process_time()
    filled = ask()
    return _Timed(time.perf_counter() - started, time.process_time() - used, filled)


def serving(service: stub.Service, sizes: Sequence[int], rounds: int) -> None:
    """Print what each method costs and fills."""
    rows = []
    for size in sizes:
        bench = Bench(service, catalogue(size))
        for name, method in bench.methods().items():
            goal = GOAL if name == "snapshot" and size == 20_000 else None
            rows.append([f"{size:,} {name}", *_columns(bench.measure(method, rounds), goal)])
    columns = ["filled of 6", "one shelter", "calls", "added p50", "added p99", "processor", "without pets", "≤ 6 ms"]
    table("Answers with six pets, Personalize at 20 ms and tables at 4 ms", ["pets, method", *columns], rows)
    console.print("Without pets: p50 beyond Personalize's 20 ms, and processor time, of the same requests.\n")


def _columns(found: Measured, goal: float | None) -> list[str]:
    processor = p50(found.processor) - p50(found.plain_processor)
    return [
        *(f"{number:.1f}" for number in (found.filled, found.filled_at_shelter, found.calls)),
        *(ms(seconds) for seconds in (found.added(p50), found.added(p99), processor)),
        f"{ms(p50(found.plain) - PERSONALIZE)}, {ms(p50(found.plain_processor))}",
        verdict(found.added(p50) <= goal) if goal else "",
    ]


def publishing(sizes: Sequence[int]) -> None:
    """Print what the snapshot costs, and how old it can be."""
    rows = []
    for size in sizes:
        pets = catalogue(size)
        items = [_index_item(pet) for pet in pets]
        started = time.process_time()
        read = [to_available_pet(item, datetime.now(UTC).date(), DEFAULT_AGE_LIMITS) for item in items]
        content = build_snapshot(read, "")
        built = time.process_time() - started
        started = time.process_time()
        tracemalloc.start()
        snapshot = Snapshot(content)
        memory = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        loads = []
        for _ in range(5):
            started = time.process_time()
            Snapshot(content)
            loads.append(time.process_time() - started)
        stale = 2 + built + min(loads) + 5
        groups = len(snapshot.groups)
        rows.append(
            [
                f"{size:,}",
                f"{groups:,}",
                f"{len(content) / 1e6:.2f} MB",
                f"{memory / 1e6:.1f} MB",
                ms(built),
                ms(min(loads)),
                f"{stale:.0f} s",
            ]
        )
    columns = ["pets", "groups", "object", "memory", "build", "load", "new pets after"]
    table("The snapshot (processor time; without the reads of the table)", columns, rows)
    console.print(
        "New pets: 2 s until the index is sure to have a change, the build, the load, and up to 5 s until a process "
        "asks. A pet that is gone is never shown: its status is read after the request began. With a filter both would "
        "take up to 20 minutes.\n"
    )


def _index_item(pet: AvailablePet) -> dict[str, Any]:
    species, breed, size, age = pet.group.split("-")
    listed = datetime.fromtimestamp(pet.listed * 86_400, UTC).isoformat()
    texts = {"species": species, "breed": breed, "size": size, "age": age, "availableShelter": pet.shelter}
    return {
        "pk": {"S": f"pet#{pet.pet_id}"},
        **{name: {"S": text} for name, text in {**texts, "listedAt": listed}.items()},
        "latitude": {"N": str(pet.latitude)},
        "longitude": {"N": str(pet.longitude)},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.pets", description=__doc__)
    parser.add_argument("--pets", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--users", type=int, default=400)
    options = parser.parse_args()
    with stub.running() as service:
        os.environ.update(variables(service.url))
        serving(service, options.pets, options.rounds)
    publishing(options.pets)
    pet_quality.report(options.pets, options.users)


if __name__ == "__main__":
    main()
