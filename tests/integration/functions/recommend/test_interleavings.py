"""No request returns a pet after its change of status was acknowledged, whatever happens between the processes.

Two writers, two visitors and a publisher run at once against a DynamoDB and an S3, are killed and started again, and
the visitors' table is throttled. 400 requests by default, so that the suite stays short; PETS_INTERLEAVINGS=10000 runs
the whole number, which takes some minutes.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from animal_recommender.pets.pet_table import AVAILABLE_INDEX, pet_item
from animal_recommender.timestamps import format_time
from local_aws.testing.server import LocalAws, run_server
from scripts.common.environments import ROOT
from tests.integration.functions.recommend import players

REQUESTS = int(os.environ.get("PETS_INTERLEAVINGS", "400"))
SECONDS = 120 + REQUESTS  # on a machine that does much else
ROLES = [("writer", "0"), ("writer", "1"), ("publisher", ""), ("visitor", ""), ("visitor", "")]
APPLIED = "p07"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with run_server(tmp_path_factory.mktemp("aws"), LOCAL_SERVICES="") as server:
        yield server


@pytest.fixture
def tables(aws: LocalAws) -> Iterator[LocalAws]:
    """A catalogue of pets, all of them available, and a visitor who has applied for one."""
    dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
    for table, index in ((players.TABLE, True), (players.HISTORY, False)):
        _create_table(dynamodb, table, index)
    s3.create_bucket(Bucket=players.BUCKET)
    s3.put_object(Bucket=players.BUCKET, Key="items.csv", Body=b"ITEM_ID\n")
    s3.put_object(Bucket=players.BUCKET, Key="popular.json", Body=b'{"general": [], "species": {}}')
    for number in range(players.PETS):
        pet = players.make_pet(number, "available", format_time(time.time() - 60))
        dynamodb.put_item(TableName=players.TABLE, Item=pet_item(pet))
    marker = {"pk": {"S": "userId#u"}, "sk": {"S": f"applied#2026#{APPLIED}"}, "animal_id": {"S": APPLIED}}
    dynamodb.put_item(TableName=players.HISTORY, Item=marker)
    yield aws
    for table in (players.TABLE, players.HISTORY):
        dynamodb.delete_table(TableName=table)


def _create_table(dynamodb: Any, name: str, with_index: bool) -> None:
    keys = ("pk", "sk", "availableShelter", "listedAt") if with_index else ("pk", "sk")
    index = {
        "IndexName": AVAILABLE_INDEX,
        "KeySchema": [
            {"AttributeName": "availableShelter", "KeyType": "HASH"},
            {"AttributeName": "listedAt", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        **({"GlobalSecondaryIndexes": [index]} if with_index else {}),
    )


@dataclass
class Game:
    """The players of one test, and their logs."""

    aws: LocalAws
    folder: Path
    option: str = ""
    _running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    _started: int = 0

    def start(self, place: int) -> None:
        """Start the player of a place, in a new process with a seed of its own."""
        role, option = ROLES[place]
        self._started += 1
        option = self.option if role == "visitor" else option
        log = self.folder / f"{place}-{role}.log"
        command = [sys.executable, "-m", players.__name__, role, str(log), str(self._started), option]
        environment = {**os.environ, **self.aws.environment, "POWERTOOLS_SERVICE_NAME": role}
        with (self.folder / "errors").open("a") as errors:
            self._running[place] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=errors
            )

    def kill(self, place: int) -> None:
        """Kill the player of a place, wherever it is."""
        self._running[place].kill()
        self._running[place].wait()

    def check_alive(self) -> None:
        """Fail if a player ended by itself."""
        ended = [ROLES[place] for place, process in self._running.items() if process.poll() is not None]
        assert not ended, (self.folder / "errors").read_text()[-3000:]

    def entries(self, role: str) -> list[dict[str, Any]]:
        """Return what the players of a role have logged. The last line of a killed player may be cut off."""
        lines = [line for path in self.folder.glob(f"*-{role}.log") for line in path.read_text().splitlines()]
        return [json.loads(line) for line in lines if line.endswith("}")]


@contextmanager
def playing(aws: LocalAws, folder: Path, option: str = "") -> Iterator[Game]:
    game = Game(aws, folder, option)
    try:
        for place in range(len(ROLES)):
            game.start(place)
        yield game
    finally:
        for place in list(game._running):
            game.kill(place)


def unavailable_times(entries: list[dict[str, Any]]) -> dict[str, list[tuple[float, float]]]:
    """Return for each pet when it was certainly unavailable.

    That is from the acknowledgement of a status to the beginning of the next change to `available`, which may have
    happened even if it was never acknowledged.
    """
    times: dict[str, list[tuple[float, float]]] = {}
    since: dict[str, float] = {}
    begun: dict[str, str] = {}
    for entry in sorted(entries, key=lambda entry: entry["at"]):
        if "status" in entry:
            begun[entry["pet"]] = entry["status"]
            if entry["status"] == "available" and entry["pet"] in since:
                times.setdefault(entry["pet"], []).append((since.pop(entry["pet"]), entry["at"]))
        elif begun.get(entry["ack"]) != "available":
            since.setdefault(entry["ack"], entry["at"])
    for pet, start in since.items():
        times.setdefault(pet, []).append((start, float("inf")))
    return times


def violations(game: Game) -> list[tuple[str, dict[str, Any]]]:
    """Return the pets that were returned although they were unavailable from the request's start to its end."""
    times = unavailable_times(game.entries("writer"))
    return [
        (pet, answer)
        for answer in game.entries("visitor")
        for pet in answer["pets"]
        if pet and any(start < answer["started"] and answer["at"] < end for start, end in times.get(pet, ()))
    ]


def test_given_changes_kills_and_throttling_then_no_unavailable_pet_is_ever_returned(
    tables: LocalAws, tmp_path: Path
) -> None:
    rng, deadline = random.Random(1), time.monotonic() + SECONDS
    kills = 0
    with playing(tables, tmp_path) as game:
        while (answers := len(game.entries("visitor"))) < REQUESTS:
            assert time.monotonic() < deadline, f"{answers} requests in {SECONDS:.0f} s"
            time.sleep(3)
            game.check_alive()
            place = rng.randrange(len(ROLES))
            game.kill(place)
            game.start(place)
            kills += 1

    assert violations(game) == []
    answers_made = game.entries("visitor")
    with_pets = [answer for answer in answers_made if answer["pets"] and None not in answer["pets"]]
    # Otherwise the test would show nothing.
    assert len(with_pets) > 0.8 * len(answers_made)
    assert kills >= 2
    assert sum("ack" in entry for entry in game.entries("writer")) > REQUESTS / 10
    for answer in with_pets:
        assert len(set(answer["pets"])) == len(answer["pets"]) <= answer["limit"]
        assert not (answer["user"] and APPLIED in answer["pets"])


def test_given_no_last_read_then_this_test_finds_unavailable_pets(tables: LocalAws, tmp_path: Path) -> None:
    deadline = time.monotonic() + 60
    with playing(tables, tmp_path, "unchecked") as game:
        while not violations(game):
            assert time.monotonic() < deadline
            time.sleep(0.5)
