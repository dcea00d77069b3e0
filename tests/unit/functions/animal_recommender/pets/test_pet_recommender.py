"""recommend with `pets`: pets that can be adopted now, whatever the snapshot says, and what happens in an outage."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from animal_recommender.animal_groups import GroupFields
from animal_recommender.pets import snapshot_reader
from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import pet_item, to_available_pet
from animal_recommender.pets.snapshot import SNAPSHOT_KEY, build_snapshot
from animal_recommender.timestamps import format_time
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeDynamoDB, FakePersonalize, FakeS3, error

TODAY = datetime.now(UTC).date()
CHANGED = "2026-11-26T10:00:00.000000Z"
VIENNA, GRAZ = (48.21, 16.37), (47.07, 15.44)


def pet(pet_id: str, breed: int = 1, days: int = 3, species: int = 1, **fields: Any) -> Pet:
    """A pet of the group `<species>-breed-<breed>-1`; the fake Personalize ranks the sizes 1 to 5 of species 1."""
    animal = dict(zip(GroupFields(), (str(species), "breed", str(breed), "1"), strict=True))
    listed = format_time(time.time() - days * 86_400)
    town = {"shelter": "vienna", "latitude": VIENNA[0], "longitude": VIENNA[1]}
    return Pet(pet_id, animal, "available", CHANGED, listed_at=listed, **{**town, **fields})


class Catalogue:
    """The table with its snapshot, and what changes after the snapshot was made."""

    def __init__(self, dynamodb: FakeDynamoDB, s3: FakeS3) -> None:
        self._dynamodb, self._s3 = dynamodb, s3
        s3.body = b"{}"

    def hold(self, *pets: Pet, changed_at: str = CHANGED) -> None:
        """Put pets into the table and nothing into the snapshot."""
        for one in pets:
            self._put(pet_item(one))
        self._put({"pk": {"S": "catalogue"}, "sk": {"S": "catalogue"}, "changedAt": {"S": changed_at}})

    def publish(self, *pets: Pet, known_groups: int = 0) -> None:
        """Put pets into the table and into the snapshot."""
        self.hold(*pets)
        rows = [to_available_pet(pet_item(one), TODAY, DEFAULT_AGE_LIMITS) for one in pets if one.is_available]
        self._s3.objects[SNAPSHOT_KEY] = build_snapshot(rows, CHANGED, known_groups)

    def apply_for(self, partition: str, pet_id: str) -> None:
        sort_key = f"applied#2026-11-26T08:00:00.000000Z#{pet_id}"
        self._put({"pk": {"S": partition}, "sk": {"S": sort_key}, "animal_id": {"S": pet_id}})

    def _put(self, item: dict[str, Any]) -> None:
        self._dynamodb.items[item["pk"]["S"], item["sk"]["S"]] = item


@pytest.fixture
def catalogue(dynamodb: FakeDynamoDB, s3: FakeS3) -> Catalogue:
    return Catalogue(dynamodb, s3)


@pytest.fixture(name="ask")
def _ask(recommend: Any, context: FakeContext) -> Callable[..., Any]:
    def ask(limit: int = 3, pets: Any = None, **fields: Any) -> Any:
        return recommend({"userId": "u", "limit": limit, "pets": pets or {}, **fields}, context)

    return ask


def ids(answer: Sequence[dict[str, Any]]) -> list[str]:
    return [element["pet"]["id"] for element in answer]


def test_given_a_catalogue_then_each_element_is_that_of_its_group_with_a_pet(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    catalogue.publish(pet("b", 2, name="Bella", photo="https://x.org/b.jpg", url="/b", days=12), pet("a", 1))

    answer = ask(2)

    assert answer == [
        {
            "id": "1-breed-1-1",
            "score": answer[0]["score"],
            "recommendationId": "rid-1",
            "source": "personalize",
            "pet": {"id": "a", "shelter": "vienna", "daysWaiting": 3},
        },
        {
            "id": "1-breed-2-1",
            "score": answer[1]["score"],
            "recommendationId": "rid-1",
            "source": "personalize",
            "pet": {
                "id": "b",
                "name": "Bella",
                "photo": "https://x.org/b.jpg",
                "url": "/b",
                "shelter": "vienna",
                "daysWaiting": 12,
            },
        },
    ]
    assert [call["numResults"] for call in personalize.calls] == [500]


@pytest.mark.parametrize("status", ["adopted", "pending", "hidden", "removed"])
def test_given_a_pet_that_is_no_longer_available_then_another_takes_its_place(
    ask: Callable[..., Any], catalogue: Catalogue, status: str
) -> None:
    catalogue.publish(*(pet(f"p{n}", n) for n in range(1, 6)))
    catalogue.hold(pet("p1", 1)._replace(status=status))

    assert ids(ask(3)) == ["p2", "p3", "p4"]
    assert sorted(ids(ask(10))) == ["p2", "p3", "p4", "p5"]


def test_given_a_pet_that_was_deleted_then_it_is_not_returned(
    ask: Callable[..., Any], catalogue: Catalogue, dynamodb: FakeDynamoDB
) -> None:
    catalogue.publish(pet("p1", 1), pet("p2", 2))
    del dynamodb.items["pet#p1", "pet"]

    assert ids(ask()) == ["p2"]


def test_given_pets_that_the_snapshot_has_not_then_the_index_fills_the_list(
    ask: Callable[..., Any], catalogue: Catalogue, dynamodb: FakeDynamoDB
) -> None:
    catalogue.publish(pet("old", 2))
    catalogue.hold(*(pet(f"new{n}", 3) for n in range(5)), changed_at="2026-11-26T10:00:01.000000Z")
    dynamodb.page = 2

    assert sorted(ids(ask(6))) == ["new0", "new1", "new2", "new3", "new4", "old"]


def test_given_no_snapshot_at_all_then_the_index_is_used(ask: Callable[..., Any], catalogue: Catalogue) -> None:
    catalogue.hold(pet("a", 1), pet("b", 2, shelter="graz"))

    assert ids(ask()) == ["a", "b"]
    assert ids(ask(pets={"shelters": ["graz"]})) == ["b"]


def test_given_an_index_that_does_not_answer_then_the_pets_that_are_known_are_returned(
    ask: Callable[..., Any], catalogue: Catalogue, dynamodb: FakeDynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.publish(pet("old", 2))
    catalogue.hold(pet("new", 3), changed_at="2026-11-26T10:00:01.000000Z")
    query = dynamodb.query

    def refuse_the_index(**parameters: Any) -> Any:
        if "IndexName" in parameters:
            raise THROTTLED
        return query(**parameters)

    monkeypatch.setattr(dynamodb, "query", refuse_the_index)
    monkeypatch.setattr(dynamodb, "scan", refuse_the_index)

    assert ids(ask(6)) == ["old"]


def test_given_no_table_and_a_species_then_no_groups_of_others_are_returned(
    ask: Callable[..., Any], catalogue: Catalogue, dynamodb: FakeDynamoDB
) -> None:
    catalogue.publish(pet("a", 1))
    dynamodb.faults = [error("AccessDeniedException")] * 4

    assert ask(6, {"species": [7]}) == []


def test_given_a_complete_snapshot_that_cannot_fill_the_list_then_the_index_is_not_read(
    ask: Callable[..., Any], catalogue: Catalogue, dynamodb: FakeDynamoDB
) -> None:
    catalogue.publish(pet("a", 1))
    before = dynamodb.calls

    assert ids(ask(6)) == ["a"]
    assert dynamodb.calls - before == 3  # applications, the pets, the catalogue's state


def test_given_applications_of_the_visitor_then_these_pets_are_left_out(
    ask: Callable[..., Any], catalogue: Catalogue
) -> None:
    catalogue.publish(*(pet(f"p{n}", n) for n in range(1, 5)))
    catalogue.apply_for("userId#u", "p1")
    catalogue.apply_for("session#s", "p2")
    catalogue.apply_for("userId#other", "p3")

    assert ids(ask(4)) == ["p2", "p3", "p4"]
    assert ids(ask(4, sessionId="s")) == ["p3", "p4"]
    assert ids(ask(4, sessionId="s", userId=None)) == ["p1", "p3", "p4"]


def test_given_near_then_pets_outside_are_left_out_and_the_distance_is_told(
    ask: Callable[..., Any], catalogue: Catalogue
) -> None:
    catalogue.publish(
        pet("graz", 1, latitude=GRAZ[0], longitude=GRAZ[1]),
        pet("nowhere", 1, latitude=None, longitude=None),
        pet("vienna", 5),
    )
    vienna = {"latitude": 48.21, "longitude": 16.47}

    assert [
        (e["pet"]["id"], e["pet"]["distanceKilometers"]) for e in ask(pets={"near": {**vienna, "kilometers": 50}})
    ] == [("vienna", 7.4)]
    assert ids(ask(pets={"near": {**vienna, "kilometers": 500}})) == ["graz", "vienna"]


def test_given_a_pet_that_moved_after_the_snapshot_then_its_present_place_decides(
    ask: Callable[..., Any], catalogue: Catalogue
) -> None:
    catalogue.publish(pet("a", 1), pet("b", 2))
    catalogue.hold(pet("a", 1, shelter="graz", latitude=GRAZ[0], longitude=GRAZ[1]))

    assert ids(ask(pets={"shelters": ["vienna"]})) == ["b"]
    assert ids(ask(pets={"near": {"latitude": 48.2, "longitude": 16.4, "kilometers": 50}})) == ["b"]


def test_given_species_then_only_their_pets_are_returned(ask: Callable[..., Any], catalogue: Catalogue) -> None:
    catalogue.publish(pet("cat", 1), pet("dog", 1, species=2), pet("rabbit", 1, species=3))

    assert ids(ask(pets={"species": [2, "3"]})) == ["dog", "rabbit"]


def test_given_a_filter_then_no_group_outside_its_result_follows(ask: Callable[..., Any], catalogue: Catalogue) -> None:
    catalogue.publish(pet("cat", 1), pet("dog", 1, species=2))

    assert ids(ask()) == ["cat", "dog"]
    assert ids(ask(filter={"name": "species", "values": {"SPECIES": "1"}})) == ["cat"]


def test_given_groups_that_personalize_does_not_rank_then_they_follow_and_say_so(
    ask: Callable[..., Any], catalogue: Catalogue
) -> None:
    catalogue.publish(pet("cat", 1), pet("dog", 1, species=2))

    assert [(element["id"], element["source"]) for element in ask()] == [
        ("1-breed-1-1", "personalize"),
        ("2-breed-1-1", "popular"),
    ]


def test_given_that_most_groups_have_pets_then_fewer_groups_are_asked_for_and_again_if_too_few_have_pets(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    everywhere = [pet(f"p{n}", n) for n in range(1, 6)]
    catalogue.publish(*everywhere, known_groups=5)
    ask(1)  # reads the snapshot

    assert ids(ask(1)) == ["p1"]
    assert ids(ask(1, {"species": [1]})) == ["p1"]
    assert ids(ask(1, filter={"name": "new-arrivals"})) == ["p1"]
    assert ids(ask(5)) == ["p1", "p2", "p3", "p4", "p5"]

    # The fake ranks the same five groups again and again, so no list has seven.
    assert [call["numResults"] for call in personalize.calls[1:]] == [10, 500, 500, 14]


def test_given_few_among_the_best_that_have_waited_long_then_one_is_moved_into_the_list(
    ask: Callable[..., Any], catalogue: Catalogue
) -> None:
    lately = [pet(f"p{n}{m}", n) for n in range(1, 5) for m in "ab"]
    catalogue.publish(*lately, pet("patient", 5, days=100))

    answer = ask(5, {"perGroup": 2})

    assert [(element["id"], element.get("promotion")) for element in answer] == [
        ("1-breed-1-1", None),
        ("1-breed-1-1", None),
        ("1-breed-2-1", None),
        ("1-breed-5-1", "long-waiting"),
        ("1-breed-2-1", None),
    ]
    assert answer[3]["pet"] == {"id": "patient", "shelter": "vienna", "daysWaiting": 100}
    assert [element.get("promotion") for element in ask(4, {"perGroup": 2})] == [None] * 4  # a fifth of four is none


def test_given_a_newer_snapshot_then_it_is_read_beside_a_request_once_it_is_time(
    ask: Callable[..., Any], catalogue: Catalogue, s3: FakeS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_reader, "REFRESH_SECONDS", -1.0)
    catalogue.publish(pet("a", 1))
    assert ids(ask(1)) == ["a"]
    catalogue.publish(pet("a", 1)._replace(status="adopted"), pet("b", 2))

    assert ids(ask(1)) == ["b"]  # by the new snapshot, or by the index

    monkeypatch.setattr(snapshot_reader, "REFRESH_SECONDS", 60.0)
    reads = s3.reads
    ask(1)
    ask(1)
    assert s3.reads - reads <= 1  # one may still be under way


def test_given_personalize_is_down_then_pets_of_popular_groups_are_returned(
    ask: Callable[..., Any], catalogue: Catalogue, personalize: FakePersonalize
) -> None:
    catalogue.publish(pet("a", 1), pet("b", 2))
    personalize.faults = [THROTTLED, THROTTLED]

    answer = ask()

    assert ids(answer) == ["a", "b"]
    assert {element["source"] for element in answer} == {"popular"}


@pytest.mark.parametrize(
    "faults", [[THROTTLED] * 8, [error("ResourceNotFoundException")] * 2, [error("AccessDeniedException")] * 2]
)
def test_given_the_tables_are_down_then_groups_are_returned_marked_and_counted(
    ask: Callable[..., Any],
    catalogue: Catalogue,
    dynamodb: FakeDynamoDB,
    faults: list[Exception],
    capsys: pytest.CaptureFixture[str],
) -> None:
    catalogue.publish(pet("a", 1), pet("b", 2))
    dynamodb.faults = faults

    answer = ask(2)

    assert [(element["id"], element["source"], element["pet"]) for element in answer] == [
        ("1-breed-1-1", "personalize", None),
        ("1-breed-2-1", "personalize", None),
    ]
    emf = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert emf["AnswersWithoutPets"] == [1.0]


def test_given_keys_that_stay_unprocessed_then_groups_are_returned_and_no_list_with_gaps(
    ask: Callable[..., Any], catalogue: Catalogue, dynamodb: FakeDynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.publish(pet("a", 1), pet("b", 2))
    whole = dynamodb.batch_get_item

    def partly(**parameters: Any) -> dict[str, Any]:
        dynamodb.unprocessed = 1
        return whole(**parameters)

    monkeypatch.setattr(dynamodb, "batch_get_item", partly)

    assert [element["pet"] for element in ask(2)] == [None, None]


def test_given_throttling_that_ends_then_pets_are_returned(
    ask: Callable[..., Any], catalogue: Catalogue, dynamodb: FakeDynamoDB
) -> None:
    catalogue.publish(pet("a", 1), pet("b", 2))
    dynamodb.faults = [THROTTLED, THROTTLED]
    dynamodb.unprocessed = 1

    assert ids(ask(2)) == ["a", "b"]


def test_given_a_birthday_then_the_pet_is_in_its_new_group(ask: Callable[..., Any], catalogue: Catalogue) -> None:
    born = (TODAY - timedelta(days=366)).isoformat()
    catalogue.publish(pet("a", 1, birth_date=born))

    assert [element["id"] for element in ask()] == ["1-breed-1-2"]


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ({"pets": []}, ["pets"]),
        ({"pets": {}, "limit": 101}, ["limit"]),
        ({"pets": {"perGroup": 0, "near": {}, "shelters": "a", "species": [0]}},
         ["pets.perGroup", "pets.shelters", "pets.species",
          "pets.near.latitude", "pets.near.longitude", "pets.near.kilometers"]),
        ({"pets": {"near": {"latitude": 91, "longitude": True, "kilometers": -1, "miles": 3}}},
         ["pets.near.latitude", "pets.near.longitude", "pets.near.kilometers", "pets.near.miles"]),
        ({"pets": {"near": 5, "shelters": [], "species": ["dog"], "per_group": 1}},
         ["pets.near", "pets.shelters", "pets.species", "pets.per_group"]),
        ({"pets": {"shelters": [{}], "near": {"latitude": float("nan"), "longitude": 1, "kilometers": 1}}},
         ["pets.shelters", "pets.near.latitude"]),
    ],
)  # fmt: skip
def test_given_wrong_criteria_then_every_field_is_named(
    recommend: Any, context: FakeContext, payload: Any, fields: list[str]
) -> None:
    assert sorted(problem["field"] for problem in recommend(payload, context)["errors"]) == sorted(fields)


def test_given_no_pets_in_the_request_then_no_table_is_read(
    recommend: Any, context: FakeContext, dynamodb: FakeDynamoDB
) -> None:
    recommend({"userId": "u", "filter": {"name": "new-arrivals"}}, context)

    assert dynamodb.calls == 0
