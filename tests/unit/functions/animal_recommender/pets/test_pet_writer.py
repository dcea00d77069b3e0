"""Writes of the catalogue: newer data replace older ones, whoever writes in whatever order."""

import itertools
import random
import threading

import pytest

from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import Origin
from animal_recommender.pets.pet_writer import Change, PetWriter
from tests.unit.functions.pets_table import FakePetsTable, KilledError

ANIMAL = {
    "animal_species_id": "2",
    "animal_primary_breed_id": "Beagle",
    "animal_size_id": "3",
    "animal_age_id": "2",
}


def description(minute: int, status: str = "available", name: str = "Ben") -> Pet:
    return Pet("1", ANIMAL, status, f"2026-11-26T12:{minute:02}:00.000000Z", name=name)


@pytest.fixture
def table() -> FakePetsTable:
    return FakePetsTable()


@pytest.fixture
def writer(table: FakePetsTable) -> PetWriter:
    return PetWriter(table, "pets", sleep=lambda seconds: None)  # type: ignore[arg-type]


def write(writer: PetWriter, pet: Pet, origin: Origin | None = None) -> Change:
    stored = writer.read([pet.pet_id]).get(pet.pet_id)
    return writer.write(pet, stored, origin) if origin else writer.write(pet, stored)


def test_given_descriptions_then_each_tells_what_it_changed(writer: PetWriter, table: FakePetsTable) -> None:
    changes = [
        write(writer, description(1)),
        write(writer, description(1)),
        write(writer, description(2)),
        write(writer, description(3, "pending")),
        write(writer, description(2, "adopted")),
        write(writer, description(4, "removed")),
        write(writer, description(5)),
    ]
    assert [change.value for change in changes] == [
        *("added", "unchanged", "unchanged", "changed", "stale", "removed", "added")
    ]
    assert table.history("1") == ["available", "pending", "removed", "available"]
    assert table.pets()["1"].listed_at == "2026-11-26T12:01:00.000000Z"


def test_given_a_description_that_changes_nothing_then_an_older_one_is_stale_afterwards(writer: PetWriter) -> None:
    write(writer, description(1))
    write(writer, description(3))
    assert write(writer, description(2, "adopted")) is Change.STALE


def test_given_a_request_after_a_feed_then_the_pet_keeps_its_source(writer: PetWriter, table: FakePetsTable) -> None:
    write(writer, description(1), Origin("asm3", "feed-1"))
    assert table.origin("1") == ("asm3", "added")
    write(writer, description(2, "pending"))
    assert table.origin("1") == ("asm3", None)


def test_given_a_feed_that_runs_again_then_it_tells_what_it_did_and_writes_nothing(
    writer: PetWriter, table: FakePetsTable
) -> None:
    write(writer, description(1), Origin("asm3", "feed-1"))
    calls = table.calls.count("PutItem")
    assert write(writer, description(1), Origin("asm3", "feed-1")) is Change.ADDED
    assert table.calls.count("PutItem") == calls


def test_given_a_kill_between_the_two_writes_then_the_history_is_as_the_pet_and_the_next_run_writes_it(
    writer: PetWriter, table: FakePetsTable
) -> None:
    write(writer, description(1))
    left = itertools.count(2, -1)

    def kill(operation: str) -> None:
        if operation == "PutItem" and next(left) == 1:
            raise KilledError

    table.before_call = kill
    with pytest.raises(KilledError):
        write(writer, description(2, "adopted"))
    assert (table.history("1"), table.statuses()) == (["available"], {"1": "available"})
    table.before_call = lambda operation: None
    assert write(writer, description(2, "adopted")) is Change.CHANGED
    assert table.history("1") == ["available", "adopted"]


def test_given_statuses_of_the_same_time_then_the_history_has_all_in_their_order(
    writer: PetWriter, table: FakePetsTable
) -> None:
    statuses = ["available", "pending", "available", "adopted"]
    for status in statuses:
        write(writer, description(1, status))
    assert table.history("1") == statuses


def test_given_a_writer_that_comes_too_late_then_its_status_is_not_in_the_history(
    writer: PetWriter, table: FakePetsTable
) -> None:
    write(writer, description(1))
    stored = writer.read(["1"])["1"]
    write(writer, description(3, "adopted"))
    assert writer.write(description(2, "pending"), stored) is Change.STALE
    assert table.history("1") == ["available", "adopted"]


@pytest.mark.parametrize("seed", range(4))
def test_given_many_writers_at_once_then_the_newest_description_stays(seed: int, table: FakePetsTable) -> None:
    minutes = list(range(20))
    random.Random(seed).shuffle(minutes)
    changes: list[Change] = []

    def work(minute: int) -> None:
        own = PetWriter(table, "pets")  # type: ignore[arg-type]
        changes.append(write(own, description(minute, name=f"of {minute}")))

    threads = [threading.Thread(target=work, args=[minute]) for minute in minutes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert table.pets()["1"].name == "of 19"
    assert changes.count(Change.ADDED) == 1


def test_given_keys_that_were_not_processed_then_they_are_read_again(
    writer: PetWriter, table: FakePetsTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        write(writer, description(1)._replace(pet_id=str(number)))
    read = table.batch_get_item

    def half(**parameters: object) -> dict[str, object]:
        ((name, asked),) = parameters["RequestItems"].items()  # type: ignore[attr-defined]
        answer = read(RequestItems={name: {**asked, "Keys": asked["Keys"][:1]}})
        left = {name: {**asked, "Keys": asked["Keys"][1:]}} if asked["Keys"][1:] else {}
        return {**answer, "UnprocessedKeys": left}

    monkeypatch.setattr(table, "batch_get_item", half)
    assert writer.read(["0", "1", "2", "2"]).keys() == {"0", "1", "2"}
