"""Pets in recommendations, rankings and events, on the deployed system: from a change to the next answer."""

import json
import time

PET = {"breed": "Beagle", "size": 3, "age": 2, "status": "available", "shelter": "answers", "name": "Bella"}
NEW_GROUP = "8-Fox-1-1"


def put(system, *described):
    answer, error = system.invoke("put_pets", {"pets": [{"species": 9, **PET, **one} for one in described]})
    assert error is None, answer


def ids(system, limit=30, holding=(), **criteria):
    """Recommend pets; return their ids.

    On a machine that does much else, a table or its index may answer too late: then again, until the pets `holding` are
    among them.
    """
    for _ in range(20):
        answer, error = system.invoke("recommend", {"userId": "answers-1", "limit": limit, "pets": criteria})
        assert error is None, answer
        found = [element["pet"]["id"] for element in answer if element["pet"]]
        if len(found) == len(answer) and set(holding) <= set(found):
            return found
    raise AssertionError(f"the tables do not answer, or without {holding}: {answer}")


def of_species(system, *holding):
    return ids(system, species=[9], holding=holding)


def numbered(found):
    return {pet for pet in found if pet.removeprefix("answers-").isdigit()}


def send(system, **event):
    whole = {"userId": "answers-1", "sessionId": "answers-s", "eventType": "DetailView", **event}
    system.client("kinesis").put_record(
        StreamName=system.outputs["stream_name"], PartitionKey="answers-s", Data=json.dumps(whole).encode()
    )


def test_given_new_pets_then_they_are_recommended_at_once_and_gone_with_their_adoption(system):
    put(system, *({"id": f"answers-{n}", "age": n % 5 + 1} for n in range(6)))

    # Before the snapshot has them, the index does: of all shelters, and of one.
    new = {f"answers-{n}" for n in range(6)}
    assert numbered(of_species(system, *new)) == new
    assert numbered(ids(system, shelters=["answers"], holding=new)) == new

    put(system, {"id": "answers-0", "status": "adopted"})
    left = new - {"answers-0"}
    assert numbered(of_species(system, *left)) == left


def test_given_a_catalogue_then_its_snapshot_is_published_and_its_groups_become_items(system, wait_for):
    put(system, {"id": "answers-new", "breed": "Bulldog"})
    group = "9-Bulldog-3-2"

    def noted():
        key = {"pk": {"S": "groups"}, "sk": {"S": group}}
        item = system.client("dynamodb").get_item(TableName=system.outputs["pets_table"], Key=key).get("Item")
        return item and item["state"] == {"S": "known"}

    wait_for(noted, seconds=120)
    assert "answers-new" in of_species(system, "answers-new")


def test_given_pet_ids_then_they_are_ranked(system):
    put(system, {"id": "answers-r1"}, {"id": "answers-r2", "status": "pending"})

    answer, error = system.invoke("rerank", {"userId": "answers-1", "petIds": ["nobody", "answers-r1", "answers-r2"]})

    assert error is None, answer
    assert (answer["ranking"][-1], answer["unknown"]) == ("nobody", ["nobody"])
    assert answer["unavailable"] == ["answers-r2"]


def test_given_an_application_with_an_animal_id_alone_then_the_pet_is_not_recommended_to_the_visitor_again(
    system, wait_for
):
    put(system, {"id": "answers-a"})
    assert "answers-a" in of_species(system, "answers-a")

    send(system, eventType="Application", animal_id="answers-a")

    wait_for(lambda: "answers-a" not in of_species(system), seconds=120)
    history, error = system.invoke("get_history", {"userId": "answers-1"})
    assert error is None, history
    assert [event["itemId"] for event in history["events"] if event.get("animal_id") == "answers-a"] == ["9-Beagle-3-2"]


def test_given_an_event_of_a_group_that_nobody_has_seen_then_it_becomes_an_item(system, wait_for):
    species, breed, size, age = NEW_GROUP.split("-")
    metadata = {
        "animal_species_id": species,
        "animal_primary_breed_id": breed,
        "animal_size_id": size,
        "animal_age_id": age,
    }
    began = int(time.time())
    send(system, animalMetadata=metadata)

    def known():
        key = {"pk": {"S": "groups"}, "sk": {"S": NEW_GROUP}}
        item = system.client("dynamodb").get_item(TableName=system.outputs["pets_table"], Key=key).get("Item")
        return item if item and item["state"] == {"S": "known"} else None

    item = wait_for(known, seconds=120)
    assert int(item["creationTime"]["N"]) >= began - 5
