"""publish_pets: the snapshot, the items of Personalize, and runs that overlap, break off or come late."""

import json
from typing import Any

import pytest

from animal_recommender.pets.pet_table import CATALOGUE_KEY, new_group_item
from animal_recommender.timestamps import format_time
from local_aws.personalize.resource_types import SCHEMA
from local_aws.testing.in_process import schema
from publish_pets.item_updates import GroupTable
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.publish_pets.conftest import FIELDS, NOW, PETS_FIELDS, World, pet


def test_given_pets_then_the_snapshot_has_the_available_ones_and_says_that_it_is_complete(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(
        pet("a"), pet("b", "Pug", shelter="north", latitude=1.5, longitude=2.5), pet("c")._replace(status="adopted")
    )

    assert publish({}, context) == {"published": True}

    assert world.published_ids() == ["a", "b"]
    assert world.snapshot().changed_at == world.state()["changedAt"]["S"] == world.state()["snapshotChangedAt"]["S"]
    assert "leaseOwner" not in world.state()


def test_given_many_pets_then_no_single_call_reads_thousands(
    publish: Any, world: World, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write(*(pet(str(number)) for number in range(5)))
    limits = []
    scan = world.dynamodb.scan
    monkeypatch.setattr(world.dynamodb, "scan", lambda **asked: limits.append(asked["Limit"]) or scan(**asked))

    publish({}, context)

    assert set(limits) == {1_000}


def test_given_several_pages_then_the_snapshot_has_the_pets_of_all(
    publish: Any, world: World, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write(*(pet(str(number)) for number in range(5)))
    scan = world.dynamodb.scan
    monkeypatch.setattr(world.dynamodb, "scan", lambda **asked: scan(**{**asked, "Limit": 2}))

    publish({}, context)

    assert world.published_ids() == list("01234")


def test_given_a_change_of_a_moment_ago_then_the_index_may_lack_it_and_a_second_read_follows(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(pet("a"))

    publish({}, context)

    assert sum(world.clock.pauses) >= 2.0
    assert world.snapshot().changed_at == format_time(NOW)


def test_given_new_groups_then_personalize_has_items_with_metadata_and_creation_time(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(pet("a", "Lop-eared rabbit", days=8), pet("b", "Lop-eared rabbit", days=40))

    publish({}, context)

    assert world.items() == {
        "2-Lop-eared rabbit-3-2": {
            "ANIMAL_SPECIES_ID": "2",
            "ANIMAL_PRIMARY_BREED_ID": "Lop-eared rabbit",
            "ANIMAL_SIZE_ID": "3",
            "ANIMAL_AGE_ID": "2",
            "CREATION_TIMESTAMP": int(NOW),
            "COLOUR": None,
            "AVAILABLE_PETS": 2,
            "LONGEST_WAITING_DAYS": 40,
        }
    }
    assert world.groups()["2-Lop-eared rabbit-3-2"]["state"] == {"S": "known"}


def test_given_a_group_of_the_seed_then_its_own_columns_and_its_creation_time_stay(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(pet("a", "Beagle"))

    publish({}, context)

    (item,) = world.items().values()
    assert (item["CREATION_TIMESTAMP"], item["COLOUR"], item["AVAILABLE_PETS"]) == (1_600_000_000, "brown", 1)


def test_given_nothing_new_then_nothing_is_sent_and_no_snapshot_written(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(pet("a"))
    publish({}, context)
    calls, written = len(world.calls()), world.s3.head_object(Bucket="pets-bucket", Key="catalogue/snapshot")

    world.clock.sleep(120)
    assert publish({}, context) == {"published": True}

    assert len(world.calls()) == calls
    assert (
        world.s3.head_object(Bucket="pets-bucket", Key="catalogue/snapshot")["LastModified"] == written["LastModified"]
    )


def test_given_an_adoption_then_the_count_is_updated_and_none_is_sent_as_zero(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(pet("a"), pet("b", days=9))
    publish({}, context)
    world.clock.sleep(60)

    world.write(pet("b")._replace(status="adopted"))
    publish({}, context)
    world.write(pet("a")._replace(status="adopted"))
    publish({}, context)

    told = [(sent.get("availablePets"), sent.get("longestWaitingDays")) for sent in world.sent()]
    assert told == [(2, 9), (1, 3), (0, None)]
    assert world.published_ids() == []


def test_given_another_day_then_the_waiting_time_is_updated(publish: Any, world: World, context: FakeContext) -> None:
    world.write(pet("a", days=3))
    publish({}, context)

    world.clock.sleep(86_400)
    publish({}, context)

    assert [sent["longestWaitingDays"] for sent in world.sent()] == [3, 4]


def test_given_many_groups_then_calls_have_ten_items_and_keep_the_quota(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(*(pet(f"p{n}", f"breed {n}") for n in range(34)))
    before = world.clock()

    publish({}, context)

    assert [len(call) for call in world.calls()] == [10, 10, 10, 4]
    assert world.clock() - before >= 0.4


def test_given_a_schema_without_the_attributes_then_they_are_not_sent(make_world: Any, context: FakeContext) -> None:
    world = make_world(FIELDS)
    world.write(pet("a", "Pug"), pet("b", "Beagle"))

    world.handler()({}, context)
    world.write(pet("c", "Pug"))
    world.handler()({}, context)

    assert world.calls() == [["2-Pug-3-2"]]  # the seed's import has told of the beagles
    assert "availablePets" not in world.sent()[0]


def test_given_a_dataset_that_gets_the_attributes_then_they_are_sent(make_world: Any, context: FakeContext) -> None:
    world = make_world(FIELDS)
    world.write(pet("a", "Pug"))
    world.handler()({}, context)

    longer = world.account.add(SCHEMA, "longer", name="longer", schema=schema("Items", *FIELDS, *PETS_FIELDS))
    world.account.client().update_dataset(datasetArn=world.dataset_arn, schemaArn=longer)
    world.clock.sleep(700)
    world.handler()({}, context)

    assert [sent.get("availablePets") for sent in world.sent()] == [None, 1]


def test_given_a_group_that_an_event_announced_then_it_becomes_an_item_with_the_events_time(
    publish: Any, world: World, context: FakeContext
) -> None:
    publish({}, context)
    world.dynamodb.put_item(TableName="pets", Item=new_group_item("3-Rabbit-1-1", NOW - 5))

    publish({}, context)

    assert world.items()["3-Rabbit-1-1"]["CREATION_TIMESTAMP"] == int(NOW - 5)
    assert world.groups()["3-Rabbit-1-1"]["state"] == {"S": "known"}


def test_given_an_item_that_personalize_refuses_then_the_others_are_sent_and_it_is_not_tried_for_ever(
    make_world: Any, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world([*FIELDS, *PETS_FIELDS, {"name": "CHARACTER", "type": "string", "categorical": True}])
    world.s3.put_object(Bucket="seed-bucket", Key="seed/items.csv", Body=b"ITEM_ID,CHARACTER\n2-Beagle-3-2,calm\n")
    world.write(pet("a", "Beagle"), pet("b", "Pug"))
    publish = world.handler()

    publish({}, context)
    calls = len(world.calls())
    publish({}, context)

    assert set(world.items()) == {"2-Beagle-3-2"}
    assert {group: item["state"]["S"] for group, item in world.groups().items()} == {
        "2-Beagle-3-2": "known",
        "2-Pug-3-2": "refused",
    }
    assert len(world.calls()) == calls
    emf = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "ItemsRefused" in line]
    assert emf[0]["ItemsRefused"] == [1.0]


@pytest.mark.parametrize("code", ["ThrottlingException", "ResourceInUseException", "AccessDeniedException"])
def test_given_that_personalize_does_not_take_items_now_then_the_snapshot_is_there_and_the_next_run_sends_them(
    publish: Any, world: World, context: FakeContext, code: str
) -> None:
    world.write(pet("a", "Pug"))
    world.account.refuse_next("PutItems", code, times=3)

    publish({}, context)
    assert world.published_ids() == ["a"]
    assert world.items() == {}
    assert world.state()["itemsBehind"] == {"BOOL": True}

    for _ in range(2):
        world.clock.sleep(60)
        publish({}, context)
    assert set(world.items()) == {"2-Pug-3-2"}
    assert world.items()["2-Pug-3-2"]["CREATION_TIMESTAMP"] == int(NOW)
    assert world.state()["itemsBehind"] == {"BOOL": False}


def test_given_that_the_schema_cannot_be_read_then_the_snapshot_is_published_all_the_same(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(pet("a", "Pug"))
    world.account.refuse_next("DescribeDataset", "ThrottlingException", times=5)

    publish({}, context)

    assert world.published_ids() == ["a"]
    assert world.state()["itemsBehind"] == {"BOOL": True}


def test_given_a_run_under_way_then_another_one_does_nothing(publish: Any, world: World, context: FakeContext) -> None:
    world.write(pet("a"))
    world.dynamodb.update_item(
        TableName="pets",
        Key=CATALOGUE_KEY,
        UpdateExpression="SET leaseOwner = :other, leaseUntil = :until",
        ExpressionAttributeValues={":other": {"S": "other"}, ":until": {"N": str(NOW + 5)}},
    )

    assert publish({}, context) == {"published": False}

    world.clock.sleep(6)  # the other one was killed
    assert publish({}, context) == {"published": True}
    assert world.published_ids() == ["a"]


def test_given_a_change_during_a_run_then_the_run_publishes_it_before_it_ends(
    publish: Any, world: World, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write(pet("a"))
    world.clock.sleep(10)
    note_sent = GroupTable.note_sent

    def write_meanwhile(table: GroupTable, *arguments: Any) -> None:
        note_sent(table, *arguments)
        if "b" not in world.published_ids() and len(world.calls()) == 1:
            world.write(pet("b"))
            assert world.handler()({}, context) == {"published": False}

    monkeypatch.setattr(GroupTable, "note_sent", write_meanwhile)

    publish({}, context)

    assert world.published_ids() == ["a", "b"]


def test_given_a_kill_after_the_intent_then_the_next_run_completes_it_with_the_same_creation_time(
    world: World, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def die(*_: Any) -> None:
        raise KilledError

    world.write(pet("a", "Pug"))
    with monkeypatch.context() as patched:
        patched.setattr(GroupTable, "note_sent", die)
        with pytest.raises(KilledError):
            world.handler()({}, context)
    assert world.groups()["2-Pug-3-2"]["state"] == {"S": "pending"}

    assert world.handler()({}, context) == {"published": False}  # until the lease ends
    world.clock.sleep(21)
    assert world.handler()({}, context) == {"published": True}

    assert world.groups()["2-Pug-3-2"]["state"] == {"S": "known"}
    assert world.items()["2-Pug-3-2"]["CREATION_TIMESTAMP"] == int(NOW)


def test_given_a_writer_that_was_killed_before_it_said_so_then_its_change_is_found_within_minutes(
    publish: Any, world: World, context: FakeContext
) -> None:
    world.write(pet("a"))
    publish({}, context)
    world.write(pet("b"), changed=False)

    publish({}, context)
    assert world.published_ids() == ["a"]
    world.clock.sleep(601)
    publish({}, context)
    assert world.published_ids() == ["a", "b"]


def test_given_no_time_then_the_run_stops_and_gives_the_lease_back(world: World) -> None:
    world.write(*(pet(f"p{n}", f"breed {n}") for n in range(30)))
    publish = world.handler()

    publish({}, FakeContext(remaining_ms=200))

    assert len(world.calls()) < 3
    assert "leaseOwner" not in world.state()
    publish({}, FakeContext(60_000))
    assert len(world.items()) == 30


def test_given_changes_that_are_not_published_then_the_age_of_the_catalogue_grows(
    publish: Any, world: World, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    def age() -> float:
        lines = capsys.readouterr().out.splitlines()
        return next(json.loads(line)["CatalogueAge"][0] for line in lines if "CatalogueAge" in line)

    world.write(pet("a"))
    publish({}, context)
    assert age() == 0
    world.clock.sleep(300)
    publish({}, context)
    assert age() == 0  # nothing has changed
    world.write(pet("b"))
    publish({}, context)
    assert age() > 290
    publish({}, context)
    assert age() == 0
