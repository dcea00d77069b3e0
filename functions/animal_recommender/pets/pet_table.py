"""The layout of the pets table. Only this module knows its keys and items.

Partition key `pk`, sort key `sk`:
`pet#<id>`, `pet` is a pet as it is now; `pet#<id>`, `status#<time>#<number>` is a status that it took at that time and
has no longer. The pet itself has time and number of its present status (`statusSince`, `statusNumber`);
`groups`, `<group id>` is a group of which Personalize was or will be told; all are in one partition, to be listed;
`import#<feed id>`, `import` is an import of a feed; `source#<source>`, `source` is a source of feeds;
`catalogue`, `catalogue` is the state of the catalogue as a whole.

The index `available` has the available pets only: its partition key `availableShelter` (the shelter, or `-`) is on no
other item. Reads of an index are not consistent, so an answer is never decided by it alone.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from animal_recommender.animal_groups import AGE, GroupFields
from animal_recommender.pets.age_limits import AgeLimits, age_id
from animal_recommender.pets.pet import Pet, group_of
from animal_recommender.pets.snapshot import AvailablePet

Item = dict[str, Any]  # in DynamoDB's typed JSON

AVAILABLE_INDEX = "available"
NO_SHELTER = "-"
GROUPS = "groups"
# The states of a group: Personalize must be told of it, knows it, or refuses it.
PENDING, KNOWN, REFUSED = "pending", "known", "refused"
CATALOGUE_KEY: Item = {"pk": {"S": "catalogue"}, "sk": {"S": "catalogue"}}

_PET = "pet#"
_IMPORT = "import#"
_STATUS = "status#"
_SOURCE = "source#"
_ORIGIN = ("source", "importId", "importAction", "importTime")
# Names of attributes, which are those of the wire; GSI projections in modules/pets use them too.
_ANIMAL = dict(zip(GroupFields(), ("species", "breed", "size", "age"), strict=True))
_TEXTS = {
    "birthDate": "birth_date",
    "shelter": "shelter",
    "name": "name",
    "photo": "photo",
    "url": "url",
    "listedAt": "listed_at",
}


_READ = ("pk", "status", *_ANIMAL.values(), *_TEXTS, "latitude", "longitude")
# What answers need of a pet, without the fields of the site, which may be most of an item. Some are reserved words.
PET_PROJECTION = ", ".join(f"#{name}" for name in _READ)
PET_NAMES = {f"#{name}": name for name in _READ}


def pet_key(pet_id: str) -> Item:
    """Return the primary key of a pet."""
    return {"pk": {"S": f"{_PET}{pet_id}"}, "sk": {"S": "pet"}}


def pet_id_of(item: Mapping[str, Any]) -> str:
    """Return the id of the pet that an item is about."""
    return str(item["pk"]["S"].removeprefix(_PET))


def group_key(group: str) -> Item:
    """Return the primary key of a group's item."""
    return {"pk": {"S": GROUPS}, "sk": {"S": group}}


def import_key(feed_id: str) -> Item:
    """Return the primary key of an import's item."""
    return {"pk": {"S": f"{_IMPORT}{feed_id}"}, "sk": {"S": "import"}}


def new_group_item(group: str, created: float) -> Item:
    """Return the item of a group of which Personalize is not told yet. `created` (epoch seconds) is its first sight."""
    return {**group_key(group), "state": {"S": PENDING}, "creationTime": {"N": str(int(created))}}


def pet_item(pet: Pet) -> Item:
    """Return the item of a pet. The same pet always gives the same item.

    `pet.listed_at` must be set: the caller knows since when the pet is listed.
    """
    texts = {name: getattr(pet, attribute) for name, attribute in _TEXTS.items()}
    degrees = {"latitude": pet.latitude, "longitude": pet.longitude}
    return {
        **pet_key(pet.pet_id),
        "status": {"S": pet.status},
        "updatedAt": {"S": pet.updated_at},
        **{_ANIMAL[name]: {"S": value} for name, value in pet.animal.items()},
        **{name: {"S": text} for name, text in texts.items() if text is not None},
        **{name: {"N": repr(value)} for name, value in degrees.items() if value is not None},
        **({"fields": {"M": {name: {"S": text} for name, text in pet.fields.items()}}} if pet.fields else {}),
        **({"availableShelter": {"S": pet.shelter or NO_SHELTER}} if pet.is_available else {}),
    }


def to_pet(item: Mapping[str, Any]) -> Pet:
    """Return the pet of an item; of an item of the index, what is in the index."""
    return Pet(
        pet_id=pet_id_of(item),
        animal={name: item[attribute]["S"] for name, attribute in _ANIMAL.items()},
        status=item["status"]["S"] if "status" in item else "available",
        updated_at=item["updatedAt"]["S"] if "updatedAt" in item else "",
        latitude=_number(item, "latitude"),
        longitude=_number(item, "longitude"),
        fields={name: value["S"] for name, value in item["fields"]["M"].items()} if "fields" in item else {},
        **{attribute: item[name]["S"] for name, attribute in _TEXTS.items() if name in item},
    )


def to_available_pet(item: Mapping[str, Any], on: date, age_limits: AgeLimits) -> AvailablePet:
    """Return an item of the index as a row of a snapshot, with the pet's group on a day."""
    animal = {name: item[attribute]["S"] for name, attribute in _ANIMAL.items()}
    if "birthDate" in item:
        animal[AGE] = str(age_id(item["birthDate"]["S"], on, age_limits))
    return AvailablePet(
        group=group_of(*animal.values()),
        listed=listing_day(item["listedAt"]["S"]),
        pet_id=item["pk"]["S"].removeprefix(_PET),
        shelter=item["availableShelter"]["S"],
        latitude=_number(item, "latitude"),
        longitude=_number(item, "longitude"),
    )


@lru_cache(maxsize=10_000)
def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def listing_day(listed_at: str) -> int:
    """Return the day of a listing in days since 1970-01-01."""
    return _day(listed_at[:10])


class StatusTaken(NamedTuple):
    """Since when a pet has its status, and the how manyth it is: two may be of the same time."""

    since: str
    number: int


def with_status_taken(item: Item, taken: StatusTaken | None) -> Item:
    """Return a pet's item with what is known of its status."""
    if taken is None:
        return item
    return {**item, "statusSince": {"S": taken.since}, "statusNumber": {"N": str(taken.number)}}


def read_status_taken(item: Mapping[str, Any]) -> StatusTaken | None:
    """Return since when the pet of an item has its status."""
    if "statusSince" not in item:
        return None
    return StatusTaken(item["statusSince"]["S"], int(item["statusNumber"]["N"]))


def status_item(pet: Pet, taken: StatusTaken) -> Item:
    """Return the item that keeps a status when the pet takes the next one."""
    return {
        "pk": {"S": f"{_PET}{pet.pet_id}"},
        "sk": {"S": f"{_STATUS}{taken.since}#{taken.number:06}"},
        "status": {"S": pet.status},
        "since": {"S": taken.since},
    }


def status_history(pet_item: Mapping[str, Any], kept: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return times and statuses of a pet in their order: those that are kept, and the present one."""
    taken = read_status_taken(pet_item)
    present = [] if taken is None else [status_item(to_pet(pet_item), taken)]
    statuses = {one["sk"]["S"]: (one["since"]["S"], one["status"]["S"]) for one in (*kept, *present)}
    return [statuses[key] for key in sorted(statuses)]


def status_range(pet_id: str) -> tuple[str, str]:
    """Return the partition of a pet's statuses and the prefix of their sort keys."""
    return f"{_PET}{pet_id}", _STATUS


def _number(item: Mapping[str, Any], name: str) -> float | None:
    return float(item[name]["N"]) if name in item else None


class Origin(NamedTuple):
    """How a pet came into the catalogue, or was last changed, by a feed.

    `source` is the folder of the feed, of which a complete feed is complete. `feed` is the id of the feed, `action` is
    what it did (`added`, `changed`, `removed` or `unchanged`), and `time` is the time of the feed. These three are None
    if a request changed the pet since then.
    """

    source: str | None = None
    feed: str | None = None
    action: str | None = None
    time: str | None = None


def with_origin(item: Item, origin: Origin) -> Item:
    """Return a pet's item with its origin."""
    return item | {
        attribute: {"S": value} for attribute, value in zip(_ORIGIN, origin, strict=True) if value is not None
    }


def read_origin(item: Mapping[str, Any]) -> Origin:
    """Return the origin in a pet's item."""
    return Origin(*(item[attribute]["S"] if attribute in item else None for attribute in _ORIGIN))


def source_key(source: str) -> Item:
    """Return the primary key of a source of feeds, whose item has the time of its newest complete feed."""
    return {"pk": {"S": f"{_SOURCE}{source}"}, "sk": {"S": "source"}}
