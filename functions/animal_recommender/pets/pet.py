"""A pet: one animal of a shelter, as apps and feeds describe it."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from animal_recommender.animal_groups import GroupFields, animal_group_id, group_metadata, read_group
from animal_recommender.pets.age_limits import AgeLimits, age_id
from animal_recommender.timestamps import EARLIEST, format_time, parse_time
from animal_recommender.validation import (
    MAX_ID_LENGTH,
    FieldReader,
    as_text,
    has_controls,
    is_missing,
    is_placeholder,
    is_unicode,
)

AVAILABLE = "available"
REMOVED = "removed"
STATUSES = (AVAILABLE, "pending", "adopted", "hidden", REMOVED)

PET_FIELDS = GroupFields("species", "breed", "size", "age")
MAX_NAME = 200
MAX_URL = 2048
MAX_FIELDS = 20
MAX_FIELD_TEXT = 256
# How far the clock of a shelter's software may be ahead, in seconds. Until data of the future have come to pass, newer
# ones count as stale: an adopted pet would stay on the site.
_MAX_CLOCK_AHEAD = 300.0
# How far a date may be ahead, in seconds: it is already tomorrow elsewhere.
MAX_AHEAD = 86_400.0
_DECIMALS = 7  # of degrees: a centimetre. DynamoDB refuses numbers like 1e-200.

_URL = re.compile(r"(https?://[^\s/]|/(?!/))[^\s\"<>\\]*", re.IGNORECASE)
# Texts of one line, which lists, terminals and Personalize show as they are.
_LINES = ("id", "shelter", "name", "photo", "url")
_IDS = ("id", "shelter")
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)


class Pet(NamedTuple):
    """One animal with its state.

    `animal` are the four fields of its group as texts; the age in it is 0 if `birth_date` (ISO 8601) says it.
    `status` is one of STATUSES. `latitude` and `longitude` are degrees, both or none. `listed_at` and `updated_at` are
    in the form of `timestamps.format_time`: since when the pet is listed (None: as the catalogue has it, or since it
    is there), and of which moment this description is. `fields` are texts of the site's own.
    """

    pet_id: str
    animal: Mapping[str, str]
    status: str
    updated_at: str
    birth_date: str | None = None
    shelter: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    name: str | None = None
    photo: str | None = None
    url: str | None = None
    listed_at: str | None = None
    fields: Mapping[str, str] = {}

    @property
    def is_available(self) -> bool:
        """Whether the pet can be adopted now."""
        return self.status == AVAILABLE

    def metadata(self, on: date, age_limits: AgeLimits) -> dict[str, str]:
        """Return the four fields of the pet's group on a day; with a birth date the age id grows with the pet."""
        if self.birth_date is None:
            return dict(self.animal)
        return {**self.animal, "animal_age_id": str(age_id(self.birth_date, on, age_limits))}

    def group(self, on: date, age_limits: AgeLimits) -> str:
        """Return the id of the pet's group on a day."""
        return group_of(*map(self.metadata(on, age_limits).__getitem__, GroupFields()))


@lru_cache(maxsize=10_000)
def group_of(species: str, breed: str, size: str, age: str) -> str:
    """Return the id of a group. There are few groups and many pets, so the ids are kept."""
    return animal_group_id(dict(zip(GroupFields(), (species, breed, size, age), strict=True)))


def read_pet(reader: FieldReader, arrival: float) -> Pet:
    """Read a pet; what is wrong is in the errors of `reader`, and the pet is then no valid one.

    Fields: `id`, `species`, `breed`, `status` are required. `size`, `age` (0-5, 0 unknown) or `birthDate` (which wins),
    `shelter`, `latitude` and `longitude`, `name`, `photo`, `url`, `listedAt`, `fields` ({name: text}) and `updatedAt`
    (by default `arrival`, epoch seconds) are optional. Unknown fields are errors.
    """
    pet = Pet(
        pet_id=_read_id(reader),
        animal=_read_animal(reader),
        status=_read_status(reader),
        updated_at=format_time(_read_moment(reader, "updatedAt", arrival, _MAX_CLOCK_AHEAD) or arrival),
        birth_date=_read_birth_date(reader, arrival),
        shelter=_read_optional_id(reader, "shelter"),
        latitude=_read_degrees(reader, "latitude", 90),
        longitude=_read_degrees(reader, "longitude", 180),
        name=reader.read_text("name", maximum=MAX_NAME),
        photo=_read_url(reader, "photo"),
        url=_read_url(reader, "url"),
        listed_at=_formatted(_read_moment(reader, "listedAt", arrival, MAX_AHEAD)),
        fields=_read_fields(reader),
    )
    if (pet.latitude is None) != (pet.longitude is None) and not reader.errors:
        reader.add_error("longitude" if pet.longitude is None else "latitude", "is required with the other coordinate")
    _check_lines(reader)
    if reader.is_object:
        reader.add_unknown_errors()
    return pet._replace(animal={**pet.animal, "animal_age_id": "0"}) if pet.birth_date else pet


def pet_document(pet: Pet) -> dict[str, Any]:
    """Return a pet in the form that `read_pet` reads, without what is unknown."""
    species, breed, size, age = (pet.animal[name] for name in GroupFields())
    grades = {name: int(grade) for name, grade in (("size", size), ("age", age)) if grade != "0"}
    optional = {
        "birthDate": pet.birth_date,
        "shelter": pet.shelter,
        "latitude": pet.latitude,
        "longitude": pet.longitude,
        "name": pet.name,
        "photo": pet.photo,
        "url": pet.url,
        "listedAt": pet.listed_at,
        "fields": dict(pet.fields) or None,
        "updatedAt": pet.updated_at,
    }
    present = {name: value for name, value in optional.items() if value is not None}
    return {"id": pet.pet_id, "species": int(species), "breed": breed, **grades, "status": pet.status, **present}


def _read_id(reader: FieldReader) -> str:
    if is_placeholder(reader.value("id")):
        reader.add_error("id", "looks like a missing value")
        return ""
    return reader.read_identifier("id", required=True) or ""


def _read_optional_id(reader: FieldReader, name: str) -> str | None:
    value = reader.value(name)
    if isinstance(value, str) and is_missing(value):
        return None
    return reader.read_identifier(name, maximum=MAX_ID_LENGTH)


def _read_animal(reader: FieldReader) -> dict[str, str]:
    read_group(reader, PET_FIELDS)
    return group_metadata({name: reader.value(name) for name in PET_FIELDS}, PET_FIELDS)


def _read_status(reader: FieldReader) -> str:
    value = reader.value("status")
    if value in STATUSES:
        return str(value)
    reader.add_error("status", f"{'is required and ' if value is None else ''}must be one of {', '.join(STATUSES)}")
    return ""


def _check_lines(reader: FieldReader) -> None:
    for name in _LINES:
        value = reader.value(name)
        if not isinstance(value, str) or not is_unicode(value):
            continue
        if has_controls(value):
            reader.add_error(name, "must not have control characters, such as line breaks")
        elif name in _IDS and value != value.strip():
            reader.add_error(name, "must not begin or end with a space")


def _read_moment(reader: FieldReader, name: str, arrival: float, ahead: float) -> float | None:
    value = reader.value(name)
    if value is None:
        return None
    seconds = parse_time(value)
    if seconds is not None and EARLIEST <= seconds <= arrival + ahead:
        return seconds
    latest = f"{ahead / 60:.0f} minutes after now, or after the export of the feed; without a zone it is UTC"
    latest = "tomorrow" if ahead == MAX_AHEAD else latest
    reader.add_error(name, f"must be epoch seconds or ISO 8601, from the year 2000 to {latest}")
    return None


def _formatted(seconds: float | None) -> str | None:
    return None if seconds is None else format_time(seconds)


def _read_birth_date(reader: FieldReader, arrival: float) -> str | None:
    value = reader.value("birthDate")
    if value is None:
        return None
    try:
        born = date.fromisoformat(as_text(value) or "")
    except ValueError:
        born = None
    latest = datetime.fromtimestamp(arrival + MAX_AHEAD, UTC).date()
    if born and date(1900, 1, 1) <= born <= latest:
        return born.isoformat()
    reader.add_error("birthDate", "must be a date such as 2023-05-31, from 1900 to today")
    return None


def _read_degrees(reader: FieldReader, name: str, maximum: int) -> float | None:
    value = reader.value(name)
    if value is None:
        return None
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if numeric and -maximum <= value <= maximum:
        return round(float(value), _DECIMALS) + 0.0  # not -0.0
    reader.add_error(name, f"must be a number of degrees from {-maximum} to {maximum}")
    return None


def _read_url(reader: FieldReader, name: str) -> str | None:
    text = reader.read_text(name, maximum=MAX_URL)
    if text is not None and not has_controls(text) and not _URL.fullmatch(text):
        # A page shows it as a link or a picture, so other schemes (javascript:) are refused.
        reader.add_error(name, "must be an address that begins with https://, http:// or one /")
        return None
    return text


def _read_fields(reader: FieldReader) -> dict[str, str]:
    value = reader.value("fields")
    if value is None:
        return {}
    valid = isinstance(value, Mapping) and len(value) <= MAX_FIELDS and all(map(_is_field, value.items()))
    if not valid:
        expected = f"at most {MAX_FIELDS} names (letters, digits, . _ -) with texts of 1-{MAX_FIELD_TEXT} characters"
        expected += ", no control characters except line breaks"
        reader.add_error("fields", f"must be an object of {expected}")
        return {}
    return dict(value)


def _is_field(entry: tuple[Any, Any]) -> bool:
    name, text = entry
    valid_text = isinstance(text, str) and 0 < len(text) <= MAX_FIELD_TEXT
    valid_text = valid_text and not has_controls(_LINE_BREAKS.sub("", text))
    return isinstance(name, str) and bool(_FIELD_NAME.fullmatch(name)) and valid_text
