"""A feed of 20,000 pets: broken rows, killed half-way and run again, and run twice at once."""

import itertools
import json
import random
import threading
from typing import Any

import pytest

from tests.unit.functions.import_pets.feeds import Catalogue, counts
from tests.unit.functions.pets_table import FakePetsTable, KilledError, pet

PETS = 20_000
BROKEN = PETS // 100
FORMER = 500  # pets that the feed no longer has
KEY = "feeds/complete/pets.jsonl"


def feed() -> tuple[str, dict[int, tuple[str, str]]]:
    """Return the feed's text, and for each broken line the pet's id and the field that is wrong."""
    chance = random.Random(7)
    rows = [
        pet(f"{number:05}", status="pending" if number % 10 == 0 else "available", breed=f"Breed {number % 37}")
        for number in range(PETS)
    ]
    broken = {}
    for number in chance.sample(range(PETS), BROKEN):
        field, value = chance.choice([("species", 0), ("size", 6), ("status", "sold"), ("url", "javascript:x")])
        rows[number][field] = value
        broken[number + 1] = (rows[number]["id"], field)
    return "".join(json.dumps(row) + "\n" for row in rows), broken


TEXT, BROKEN_LINES = feed()


@pytest.fixture
def catalogue() -> Catalogue:
    """A catalogue with pets that the feed has not, and with some that it changes."""
    made = Catalogue(table=FakePetsTable(page=5_000))
    known = [pet(f"former-{number}") for number in range(FORMER)] + [pet(f"{n:05}") for n in range(3_000)]
    made.import_file(KEY, known)
    return made


def check(catalogue: Catalogue, report: dict[str, Any]) -> None:
    """Check that the catalogue and the report are as the feed says."""
    broken = {pet_id for pet_id, _ in BROKEN_LINES.values()}
    rows = [json.loads(line) for line in TEXT.splitlines()]
    expected = {row["id"]: row["status"] for row in rows if row["id"] not in broken}
    known = {f"{number:05}" for number in range(3_000)}
    expected |= dict.fromkeys(broken & known, "available")  # they stay as they were
    expected |= {f"former-{number}": "removed" for number in range(FORMER)}
    assert catalogue.table.statuses() == dict(sorted(expected.items()))
    reported = {one["line"]: (one["id"], [wrong["field"] for wrong in one["errors"]]) for one in report["broken"]}
    assert reported == {line: (pet_id, [field]) for line, (pet_id, field) in BROKEN_LINES.items()}
    assert counts(report) == {
        "added": PETS - len(known | broken),
        "changed": len(known - broken),
        "removed": FORMER,
        "refused": BROKEN,
    }


def test_given_a_kill_half_way_when_run_again_then_it_ends_exactly_as_the_feed_says(catalogue: Catalogue) -> None:
    event = catalogue.upload(KEY, TEXT)
    left = itertools.count(PETS // 2, -1)  # about half of the calls

    def kill(operation: str) -> None:
        if next(left) <= 0:
            raise KilledError

    catalogue.table.before_call = kill
    with pytest.raises(KilledError):
        catalogue.run(event)
    written = sum(item.get("importAction", {}).get("S") == "added" for item in catalogue.table.items.values())
    assert PETS * 0.2 < written < PETS * 0.8
    catalogue.table.before_call = lambda operation: None
    check(catalogue, catalogue.run(event))


def test_given_two_runs_at_once_then_they_end_exactly_as_the_feed_says(catalogue: Catalogue) -> None:
    event = catalogue.upload(KEY, TEXT)
    runs = [threading.Thread(target=catalogue.run, args=[event]) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    check(catalogue, catalogue.report(event))
