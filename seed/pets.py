"""The 600 invented pets of the example: each of a breed of the catalogue, with a name, a shelter and a picture."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from seed.catalogue import AGE_SHARES, BREEDS, GRADES, Breed
from seed.pictures import COATS, picture_name

PETS = 600
# Shelters of invented names, around a town in the middle of England: (latitude, longitude) in degrees.
SHELTERS = {
    "riverside": (51.75, -1.26),
    "north-farm": (51.99, -1.31),
    "old-mill": (51.63, -1.02),
    "hilltop": (51.87, -1.76),
    "canal-house": (52.07, -0.81),
    "orchard": (51.51, -0.98),
    "greenfield": (51.56, -1.78),
    "station-road": (52.19, -1.70),
}
STATUSES = {"available": 88, "pending": 6, "adopted": 4, "hidden": 2}  # in percent
# fmt: off
NAMES = (
    "Alba", "Archie", "Asta", "Bailey", "Bandit", "Basil", "Bella", "Benny", "Biscuit", "Blue", "Bonnie",
    "Bramble", "Buddy", "Buttons", "Carlo", "Casper", "Chili", "Cleo", "Clover", "Coco", "Cookie", "Daisy",
    "Dexter", "Dino", "Dotty", "Echo", "Ella", "Elmo", "Emil", "Fern", "Fidel", "Finn", "Flora", "Freya",
    "Frida", "Gina", "Ginger", "Greta", "Gus", "Hazel", "Henry", "Hugo", "Ida", "Indie", "Iris", "Ivy",
    "Jasper", "Jessie", "Juno", "Kiki", "Kobi", "Lara", "Leo", "Lilly", "Lola", "Lotte", "Louie", "Lucky",
    "Luna", "Maggie", "Mango", "Marlow", "Maya", "Mia", "Milo", "Mimi", "Misty", "Mocca", "Moss", "Nala",
    "Nelly", "Nico", "Nora", "Oakley", "Olive", "Oscar", "Otis", "Otto", "Paula", "Peanut", "Pepper", "Pip",
    "Poppy", "Quincy", "Remy", "Rita", "Romy", "Rosie", "Ruby", "Rufus", "Sage", "Sammy", "Scout", "Shadow",
    "Skye", "Smilla", "Sunny", "Tara", "Teddy", "Tessa", "Tilly", "Toffee", "Tommy", "Uma", "Vito", "Wanda",
    "Whisky", "Willow", "Winnie", "Yara", "Yuki", "Ziggy", "Zora",
)
# fmt: on
CHARACTERS = (
    "loves long walks",
    "likes a quiet home",
    "is fond of children",
    "wants to be the only animal",
    "gets on with cats",
    "learns new tricks quickly",
    "needs a garden",
    "is shy at first and then very loyal",
    "would sleep on every sofa",
    "is happy with another animal at home",
)


def pets(until: datetime) -> Iterator[dict[str, Any]]:
    """Yield the pets as `put_pets` and feeds take them. The newest ones are listed on the day of `until`.

    Apart from the dates they are always the same.
    """
    rng = random.Random("pets")
    breeds = sorted(BREEDS.values(), key=lambda breed: breed.name)
    weights = [breed.popularity for breed in breeds]
    for number in range(1, PETS + 1):
        yield _pet(f"P{number:04}", rng.choices(breeds, weights)[0], rng, until)


def _pet(pet_id: str, breed: Breed, rng: random.Random, until: datetime) -> dict[str, Any]:
    age = rng.choices(list(AGE_SHARES), list(AGE_SHARES.values()))[0]
    size = min(max(breed.typical_size + rng.choice((-1, 0, 0, 0, 0, 1)), GRADES[0]), GRADES[-1])
    shelter = rng.choice(list(SHELTERS))
    latitude, longitude = SHELTERS[shelter]
    listed = until - timedelta(days=int(rng.expovariate(1 / 70)) % 400, minutes=rng.randrange(600))
    return {
        "id": pet_id,
        "species": breed.species,
        "breed": breed.name,
        "size": size,
        "age": age,
        "status": rng.choices(list(STATUSES), list(STATUSES.values()))[0],
        "shelter": shelter,
        "latitude": latitude,
        "longitude": longitude,
        "name": rng.choice(NAMES),
        "photo": f"/pictures/{picture_name(breed.name, rng.randint(1, COATS), grown=age > 1)}",
        "url": f"/pet.html?id={pet_id}",
        "listedAt": listed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00Z"),
        "fields": {"sex": rng.choice(("female", "male")), "character": rng.choice(CHARACTERS)},
    }


def feed(until: datetime) -> str:
    """Return the pets as a complete feed of JSON Lines."""
    return "".join(json.dumps(pet) + "\n" for pet in pets(until))
