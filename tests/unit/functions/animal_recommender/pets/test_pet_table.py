"""The items of the pets table."""

from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import (
    StatusTaken,
    pet_item,
    pet_key,
    status_history,
    status_item,
    to_pet,
    with_status_taken,
)

ANIMAL = {
    "animal_species_id": "2",
    "animal_primary_breed_id": "Beagle",
    "animal_size_id": "3",
    "animal_age_id": "0",
}
PET = Pet(
    pet_id="A-17",
    animal=ANIMAL,
    status="available",
    updated_at="2026-11-25T08:00:00.000000Z",
    birth_date="2025-12-01",
    shelter="north",
    latitude=48.2,
    longitude=-16.4,
    name="Bella",
    listed_at="2026-10-01T00:00:00.000000Z",
    fields={"fence": "needed"},
)


def test_given_a_pet_when_stored_and_read_then_it_is_the_same() -> None:
    assert to_pet(pet_item(PET)) == PET


def test_given_a_pet_that_is_not_available_when_stored_then_it_is_not_in_the_index() -> None:
    assert pet_item(PET)["availableShelter"] == {"S": "north"}
    assert pet_item(PET._replace(shelter=None))["availableShelter"] == {"S": "-"}
    assert "availableShelter" not in pet_item(PET._replace(status="adopted"))


def test_given_statuses_of_one_time_when_kept_then_they_stand_beside_the_pet_in_their_order() -> None:
    time = PET.updated_at
    first, second = (
        status_item(PET._replace(status=one), StatusTaken(time, n)) for n, one in ((9, "adopted"), (10, "hidden"))
    )
    now = with_status_taken(pet_item(PET), StatusTaken(time, 11))

    assert first["pk"] == pet_key("A-17")["pk"]
    assert status_history(now, [second, first]) == [(time, "adopted"), (time, "hidden"), (time, "available")]
    assert status_history(now, [status_item(PET, StatusTaken(time, 11))]) == [(time, "available")]
