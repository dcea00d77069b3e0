"""Random interleavings of one request with changes of status between any two calls of the tables, and with throttling.

Seeds are deterministic, so a failure can be repeated. PETS_INTERLEAVINGS=10000 tries that many; by default there are
fewer. tests/integration/functions/recommend has the same with real processes and kills.
"""

import os
import random
from typing import Any

import pytest

from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.pets.pet import STATUSES, Pet
from animal_recommender.pets.pet_table import pet_item, to_available_pet
from animal_recommender.pets.snapshot import SNAPSHOT_KEY, build_snapshot
from recommend import function
from tests.unit.functions.animal_recommender.pets.test_pet_recommender import TODAY, pet
from tests.unit.functions.conftest import RECOMMEND_SETTINGS
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeDynamoDB, FakePersonalize, FakeS3

SEEDS = int(os.environ.get("PETS_INTERLEAVINGS", "100"))
PETS = 14


class RestlessTable(FakeDynamoDB):
    """A table in which pets change before any call is answered. `seen` are the pets that were available meanwhile."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = rng
        self.seen: set[str] = set()

    def put(self, one: Pet) -> None:
        self.items[f"pet#{one.pet_id}", "pet"] = pet_item(one)
        if one.is_available:
            self.seen.add(one.pet_id)

    def begin(self) -> None:
        """A request begins: only what is available from now on counts."""
        self.seen = {key[4:] for (key, _), item in self.items.items() if item.get("status") == {"S": "available"}}

    def _call(self) -> None:
        for _ in range(self._rng.choice([0, 0, 1, 5])):
            self.put(random_pet(self._rng, self._rng.randrange(PETS)))
        if self._rng.random() < 0.1:
            raise THROTTLED
        self.unprocessed = self._rng.choice([0, 0, 0, 1])


def random_pet(rng: random.Random, number: int) -> Pet:
    status = "available" if rng.random() < 0.5 else rng.choice(STATUSES)
    shelter = rng.choice(["vienna", "graz"])
    return pet(f"p{number}", number % 5 + 1, days=number * 9, shelter=shelter)._replace(status=status)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("animal_recommender.pets.table_requests.PAUSES", (0, 0, 0))


def requests_of(seed: int) -> tuple[list[dict[str, Any]], RestlessTable]:
    """Return the answer to a random request, and the table that it was asked of."""
    rng = random.Random(seed)
    table, s3 = RestlessTable(rng), FakeS3()
    s3.body = b"{}"
    for number in range(PETS):
        table.put(random_pet(rng, number))
    old = [random_pet(rng, number) for number in range(PETS)]
    rows = [to_available_pet(pet_item(one), TODAY, DEFAULT_AGE_LIMITS) for one in old if one.is_available]
    s3.objects[SNAPSHOT_KEY] = build_snapshot(rows, rng.choice(["", "then"]), rng.choice([0, 6]))
    recommend = function.make_handler(
        RECOMMEND_SETTINGS, personalize=FakePersonalize(), make_s3=lambda: s3, make_dynamodb=lambda: table
    )
    wanted = rng.choice([{}, {"perGroup": 2}, {"shelters": ["graz"]}])
    table.begin()
    return recommend({"userId": "u", "limit": rng.choice([1, 4, 12]), "pets": wanted}, FakeContext()), table


def test_given_any_interleaving_then_every_pet_was_available_after_the_request_began(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answered = 0
    for seed in range(SEEDS):
        answer, table = requests_of(seed)
        ids = [element["pet"]["id"] for element in answer if element["pet"]]
        assert set(ids) <= table.seen, f"seed {seed}"
        assert len(set(ids)) == len(ids), f"seed {seed}"
        answered += bool(ids)
    capsys.readouterr()
    assert answered > SEEDS / 2
