"""The animals: 37 breeds in five sizes and five ages, and when each group was first listed.

Breeds are the classes of the Oxford-IIIT Pet data set. Families, typical sizes and popularity are ours.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from animal_recommender.animal_groups import animal_group_id

CAT, DOG = 1, 2
GRADES = (1, 2, 3, 4, 5)
DAY = 86_400

# family: (species, {breed: (popularity, typical size)})
FAMILIES: dict[str, tuple[int, dict[str, tuple[int, int]]]] = {
    "long-haired cats": (CAT, {"Birman": (3, 3), "Maine_Coon": (9, 5), "Persian": (6, 3), "Ragdoll": (8, 4)}),
    "slender cats": (CAT, {"Abyssinian": (3, 2), "Egyptian_Mau": (2, 2), "Siamese": (8, 2), "Sphynx": (3, 2)}),
    "short-haired cats": (
        CAT,
        {"Bengal": (5, 3), "Bombay": (3, 3), "British_Shorthair": (9, 3), "Russian_Blue": (6, 2)},
    ),
    "companions": (
        DOG,
        {
            "Chihuahua": (9, 1),
            "Havanese": (4, 1),
            "Japanese_Chin": (2, 1),
            "Miniature_Pinscher": (3, 1),
            "Pomeranian": (5, 1),
            "Pug": (7, 2),
            "Yorkshire_Terrier": (8, 1),
        },
    ),
    "hounds": (DOG, {"Basset_Hound": (4, 3), "Beagle": (9, 3)}),
    "gun dogs": (DOG, {"English_Cocker_Spaniel": (7, 3), "English_Setter": (3, 4), "German_Shorthaired": (5, 4)}),
    "terriers": (DOG, {"Scottish_Terrier": (3, 2), "Wheaten_Terrier": (3, 3)}),
    "bull breeds": (
        DOG,
        {
            "American_Bulldog": (4, 4),
            "American_Pit_Bull_Terrier": (8, 4),
            "Boxer": (7, 4),
            "Staffordshire_Bull_Terrier": (7, 3),
        },
    ),
    "spitzes": (DOG, {"Keeshond": (2, 3), "Samoyed": (5, 4), "Shiba_Inu": (6, 3)}),
    "giants": (
        DOG,
        {"Great_Pyrenees": (4, 5), "Leonberger": (2, 5), "Newfoundland": (4, 5), "Saint_Bernard": (5, 5)},
    ),
}
AGE_SHARES = {1: 0.30, 2: 0.26, 3: 0.22, 4: 0.13, 5: 0.09}  # young animals are listed more often


@dataclass(frozen=True)
class Breed:
    """One breed: its family, how much it is liked (relative), and the size (1-5) most of its animals have."""

    name: str
    species: int
    family: str
    popularity: int
    typical_size: int


@dataclass(frozen=True)
class Group:
    """One item of the catalogue: all animals of a breed, size and age; `created` in epoch seconds.

    `share` is how many of the breed's animals are of this size and age (relative).
    """

    item_id: str
    breed: Breed
    size: int
    age: int
    share: float
    created: int


BREEDS: dict[str, Breed] = {
    name: Breed(name, species, family, popularity, size)
    for family, (species, members) in FAMILIES.items()
    for name, (popularity, size) in members.items()
}


def groups(rng: random.Random, end: int) -> list[Group]:
    """Return all 925 groups, by species, breed, size and age, created in the three years before `end`."""
    ordered = sorted(BREEDS.values(), key=lambda breed: (breed.species, breed.name))
    return [group for breed in ordered for group in _groups_of(breed, rng, end)]


def _groups_of(breed: Breed, rng: random.Random, end: int) -> Iterator[Group]:
    for size in GRADES:
        for age in GRADES:
            share = AGE_SHARES[age] * math.exp(-1.2 * abs(size - breed.typical_size))
            created = end - _age_seconds(rng, share * breed.popularity)
            yield Group(_item_id(breed, size, age), breed, size, age, share, created)


def _age_seconds(rng: random.Random, abundance: float) -> int:
    """Return how long ago a group was first listed: common ones in the first weeks, rare ones at any time.

    One in twelve rare groups is newer than 30 days, so that there are new items to explore.
    """
    longest, shortest = 3 * 365 * DAY, 2 * DAY
    if abundance < 0.4 and rng.random() < 1 / 12:
        return int(shortest + rng.random() * 28 * DAY)
    waited = rng.random() / (1.0 + 2.0 * abundance)
    return int(longest - waited * (longest - 40 * DAY))


def _item_id(breed: Breed, size: int, age: int) -> str:
    return animal_group_id(
        {
            "animal_species_id": breed.species,
            "animal_primary_breed_id": breed.name,
            "animal_size_id": size,
            "animal_age_id": age,
        }
    )
