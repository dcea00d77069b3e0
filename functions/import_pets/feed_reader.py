"""Reads a feed's file completely, before anything is written: valid pets go to a file, what is wrong to a report."""

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from gzip import BadGzipFile
from pathlib import Path
from typing import Any, NamedTuple

from animal_recommender.pets.feed_files import (
    Row,
    dump_line,
    file_suffix,
    open_text,
    read_document,
    read_lines,
    read_table,
)
from animal_recommender.pets.mapping import FeedMapping, SkippedError
from animal_recommender.pets.pet import Pet, pet_document, read_pet
from animal_recommender.timestamps import parse_time
from animal_recommender.validation import MAX_ID_LENGTH, FieldError, FieldReader, ValidationError, as_text, parse_json

MAX_REPORTED = 5_000  # broken rows; the count has all of them


class Known(NamedTuple):
    """A valid pet of a feed: where its line begins in the file of pets, and what decides about it."""

    offset: int
    updated_at: str
    status: str


@dataclass
class FeedContent:
    """What a feed has: valid pets in the file `path`, by id; and what else is in it.

    Of two rows with one id the newer data count, of equally new ones the later row. `nameless` is the number of broken
    rows whose id is not readable. `unsaid` are ids of broken rows: these pets are in the feed, too.
    """

    path: Path
    pets: dict[str, Known] = field(default_factory=dict)
    broken: list[dict[str, Any]] = field(default_factory=list)
    unsaid: set[str] = field(default_factory=set)
    rows: int = 0
    refused: int = 0
    nameless: int = 0
    skipped: int = 0
    repeated: int = 0

    def add_broken(self, number: int, pet_id: str | None, error: ValidationError) -> None:
        """Note a row that is not imported."""
        self.refused += 1
        self.nameless += pet_id is None
        if pet_id is not None:
            self.unsaid.add(pet_id)
        if len(self.broken) < MAX_REPORTED:
            named = {} if pet_id is None else {"id": pet_id}
            self.broken.append({"line": number, **named, "errors": [one.as_dict() for one in error.errors]})

    def with_status_in(self, statuses: Collection[str]) -> set[str]:
        """Return the ids of the pets to which the feed gives one of these statuses."""
        return {pet_id for pet_id, known in self.pets.items() if known.status in statuses}

    def chunks(self, size: int, arrival: str) -> Iterator[list[Pet]]:
        """Yield the valid pets in the order of the file, some at a time. `arrival` is the time of the feed."""
        seconds = parse_time(arrival) or 0.0
        offsets = sorted(known.offset for known in self.pets.values())
        with self.path.open("rb") as file:
            for start in range(0, len(offsets), size):
                yield [_read_again(file, offset, seconds) for offset in offsets[start : start + size]]


def _read_again(file: Any, offset: int, arrival: float) -> Pet:
    file.seek(offset)
    return read_pet(FieldReader(parse_json(file.readline(), "line")), arrival)


def read_content(path: Path, name: str, mapping: FeedMapping, arrival: str) -> FeedContent:
    """Read a feed's file.

    Args:
        path: The file.
        name: The object's key, which tells the format.
        mapping: How its rows become pets.
        arrival: The time of data that has none.

    Raises:
        ValidationError: Nothing of the file can be read.
    """
    content = FeedContent(path.with_name(f"{path.name}.pets"))
    seconds = parse_time(arrival) or 0.0
    with content.path.open("wb") as file:
        for row in _unpacked(_rows(path, name, mapping)):
            content.rows += 1
            try:
                pet = _read_row(row, mapping, seconds)
            except ValidationError as error:
                content.add_broken(row.number, _readable_id(row, mapping), error)
            except SkippedError:
                content.skipped += 1
            else:
                _keep(content, pet, file)
    return content


def _unpacked(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield rows; refuse a file that is cut off, so that its other half does not seem to have left."""
    try:
        yield from rows
    except (EOFError, BadGzipFile, zlib.error):
        message = "is damaged: gzip cannot unpack it to its end"
        raise ValidationError([FieldError("file", message)], "broken-gzip") from None


def _keep(content: FeedContent, pet: Pet, file: Any) -> None:
    before = content.pets.get(pet.pet_id)
    content.repeated += before is not None
    if before is None or before.updated_at <= pet.updated_at:
        content.pets[pet.pet_id] = Known(file.tell(), pet.updated_at, pet.status)
        file.write(dump_line(pet_document(pet)).encode())


def _rows(path: Path, name: str, mapping: FeedMapping) -> Iterator[Row]:
    suffix, compressed = file_suffix(name), name.endswith(".gz")
    if suffix == ".json":
        records = mapping.find_records(read_document(path, compressed=compressed))
        yield from (Row(number, record) for number, record in enumerate(records, 1))
        return
    with open_text(path, compressed=compressed) as file:
        yield from read_table(file) if suffix in (".csv", ".tsv") else read_lines(file)


def _read_row(row: Row, mapping: FeedMapping, arrival: float) -> Pet:
    if isinstance(row.value, ValidationError):
        raise row.value
    reader = FieldReader(mapping.read(row.value))
    pet = read_pet(reader, arrival)
    reader.raise_errors()
    return pet


def _readable_id(row: Row, mapping: FeedMapping) -> str | None:
    """Return the id of a broken row, if at least that can be read."""
    if isinstance(row.value, ValidationError):
        return None
    pet_id = as_text(mapping.read_id(row.value))
    return pet_id if pet_id and len(pet_id) <= MAX_ID_LENGTH else None
