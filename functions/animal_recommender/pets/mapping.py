"""Mappings: how the JSON or CSV of a shelter's software becomes pets.

A mapping has a JMESPath expression for each field of a pet, tables of words, and defaults:

    {"records": "animals", "resolveRelationships": false,
     "fields": {"id": "ID", "species": "Type", "fields.sex": "Sex"},
     "words": {"species": {"dog": "2", "cat": "1", "*": "skip"}, "birthDate": {"1900-01-01": ""}},
     "defaults": {"shelter": "main"}}

A word's value `skip` leaves the animal out, an empty one means that the value is missing. `*` stands for other words.
JMESPath: https://jmespath.org/specification.html
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]

from animal_recommender.pets.expressions import Expression, compile_expression
from animal_recommender.timestamps import format_time, parse_time
from animal_recommender.validation import FieldError, FieldReader, ValidationError, as_text, is_missing, printable

SITE_FIELD = (
    "fields."  # what the names of the site's own fields begin with, in mappings and in the header of a CSV file
)
FIELDS = (
    *("id", "species", "breed", "size", "age", "birthDate", "status", "shelter", "latitude", "longitude", "name"),
    *("photo", "url", "listedAt", "updatedAt"),
)
# The list of `pets`, which may be empty, or the list that the document is.
_RECORDS = "[pets, @][?type(@) == 'array'] | [0]"
_SKIP = "skip"
_OTHERS = "*"
# Fields whose tables must have every word. A word that is in no table of another field is kept as it is.
_CLOSED = ("species", "size", "age", "status")
_NUMBERS = ("latitude", "longitude")
_TIMES = ("listedAt", "updatedAt")
# A dog may be called Nan, and a breed None: for these only a blank text is a missing value.
_NAMES = ("name", "breed")
_MAX_WORD = 60
# As epoch seconds these are of 1970-1973. They are days, years, or the days since 1900 of a spreadsheet.
_COMPACT_DATE = re.compile(r"[12]\d{7}", re.ASCII)
_SHORT_NUMBER = re.compile(r"\d{1,8}(\.\d*)?", re.ASCII)


Record = Mapping[str, Any]


class SkippedError(Exception):
    """The mapping leaves this animal out."""


class FeedMapping:
    """One mapping. Without fields it takes animals that have the names of a pet's fields already."""

    def __init__(self, document: object, name: str = "mapping") -> None:
        """Read a mapping.

        Args:
            document: The mapping as it is described at the top of this module.
            name: What errors call it.

        Raises:
            ValidationError: Names each wrong part.
        """
        reader = FieldReader(document, name)
        self._resolves = reader.value("resolveRelationships") is True
        self._records = _compile(reader, "records", reader.value("records") or _RECORDS)
        self._fields = {field: _compile(reader, f"fields.{field}", text) for field, text in _texts(reader, "fields")}
        self._words = {field: _fold_table(reader, field, table) for field, table in _texts(reader, "words", dict)}
        self._defaults = dict(_texts(reader, "defaults"))
        for part, used in (("fields", self._fields), ("words", self._words), ("defaults", self._defaults)):
            _check_names(reader, part, used)
        reader.add_unknown_errors()
        reader.raise_errors(reason="wrong-mapping")

    def find_records(self, document: Any) -> Sequence[Any]:
        """Return the animals in a JSON document.

        Raises:
            ValidationError: The document has no list of animals where the mapping looks for it.
        """
        try:
            found = self._records.search(document)
        except (JMESPathError, ValueError):
            found = None  # The expression does not fit this document.
        if not isinstance(found, list):
            raise ValidationError([FieldError("records", "must lead to a list of animals")], "no-records")
        return list(_resolve(found, document)) if self._resolves else found

    def read(self, record: object) -> dict[str, Any]:
        """Return an animal as a request to put a pet describes it.

        Raises:
            ValidationError: Names each field that the mapping cannot read.
            SkippedError: The mapping leaves this animal out.
        """
        reader = FieldReader(record)
        reader.raise_errors(reason="not-an-object")
        found = self._search(reader, record) if self._fields else _flat(record)
        read = {name: self._value(reader, name, found.get(name)) for name in {**self._defaults, **found}}
        reader.raise_errors(reason="unreadable-fields")
        return _nested({name: value for name, value in read.items() if value is not None})

    def read_id(self, record: object) -> Any:
        """Return the id of an animal whose other fields may be wrong; None if it cannot be read."""
        if not isinstance(record, Mapping):
            return None
        reader = FieldReader(record)
        expression = self._fields.get("id")
        try:
            found = expression.search(record) if expression else record.get("id")
            return self._value(reader, "id", found)
        except (JMESPathError, ValueError, SkippedError):
            return None

    def _search(self, reader: FieldReader, record: Any) -> dict[str, Any]:
        found = {}
        for name, expression in self._fields.items():
            try:
                found[name] = expression.search(record)
            except (JMESPathError, ValueError):
                reader.add_error(name, "cannot be computed: the mapping's expression does not fit this animal")
        return found

    def _value(self, reader: FieldReader, name: str, value: Any) -> Any:
        """Return the value of a field after words and defaults; None if it is missing."""
        value = self._translate(reader, name, value)
        if _is_absent(name, value):
            value = self._defaults.get(name)
        return _convert(reader, name, value)

    def _translate(self, reader: FieldReader, name: str, value: Any) -> Any:
        table = self._words.get(name)
        if table is None or value is None:
            return value
        word = _fold(value)
        translated = table.get(word, table.get(_OTHERS))
        if translated == _SKIP:
            raise SkippedError
        if translated is None and name not in _CLOSED:
            return value
        if translated is None and not _is_absent(name, value):
            reader.add_error(name, f"has a word that the mapping's table lacks: {printable(word[:_MAX_WORD])}")
        return translated


def _compile(reader: FieldReader, name: str, text: object) -> Expression:
    try:
        return compile_expression(str(text))
    except JMESPathError as error:
        reader.add_error(name, f"must be a JMESPath expression: {str(error).splitlines()[0]}")
        return compile_expression("@")


def _texts(reader: FieldReader, part: str, kind: type = str) -> Iterator[tuple[str, Any]]:
    """Yield names and values of a part of the mapping, each of which must be a text, or of `kind`."""
    value = reader.value(part)
    if value is not None and not isinstance(value, Mapping):
        reader.add_error(part, "must be a JSON object")
        return
    for name, one in (value or {}).items():
        if isinstance(one, kind):
            yield name, one
        else:
            reader.add_error(f"{part}.{name}", "must be a text" if kind is str else "must be a JSON object")


def _fold_table(reader: FieldReader, field: str, table: Mapping[str, Any]) -> dict[str, str]:
    for word, value in table.items():
        if not isinstance(value, str):
            reader.add_error(f"words.{field}.{word}", "must be a text")
    return {_fold(word): str(value) for word, value in table.items()}


def _check_names(reader: FieldReader, part: str, used: Mapping[str, object]) -> None:
    for name in used:
        if name not in FIELDS and not name.startswith(SITE_FIELD):
            reader.add_error(f"{part}.{name}", f"must be one of {', '.join(FIELDS)}, or begin with {SITE_FIELD}")
    if part == "fields" and used and "id" not in used:
        reader.add_error("fields.id", "is required")


def _fold(value: object) -> str:
    """Return a word as the tables have it: lower case, single spaces; true, false and numbers as in JSON."""
    text = value if isinstance(value, str) else json.dumps(value)
    return " ".join(text.casefold().split())


def _is_absent(name: str, value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip() if name in _NAMES or name.startswith(SITE_FIELD) else is_missing(value)
    return value is None or value is False or value == []


def _convert(reader: FieldReader, name: str, value: Any) -> Any:
    """Return a value in the form that requests have: CSV has only texts, and some dates come as epoch seconds."""
    if value is None:
        return None
    if name in _NUMBERS and isinstance(value, str):
        return _number(reader, name, value)
    if name == "birthDate" or name in _TIMES:
        moment = _moment(value)
        if moment is None:
            reader.add_error(name, "must be a date or time in ISO 8601, such as 2023-05-31, or epoch seconds")
            return None
        return moment[:10] if name == "birthDate" else moment
    if name.startswith(SITE_FIELD):
        return value if isinstance(value, str) else json.dumps(value)
    return value.strip() if isinstance(value, str) else value


def _moment(value: Any) -> str | None:
    """Return a date or time of a feed as ISO 8601; None for a number that may be a year or a day of a spreadsheet."""
    text = value.strip() if isinstance(value, str) else value
    compact = as_text(text) or ""
    try:
        if _COMPACT_DATE.fullmatch(compact):
            return format_time(datetime.strptime(compact, "%Y%m%d").replace(tzinfo=UTC).timestamp())
        moment = None if _SHORT_NUMBER.fullmatch(str(text)) else parse_time(text)
        return None if moment is None else format_time(moment)
    except (ValueError, OverflowError):
        return None  # There is no such day, or it is before the year 1 or after 9999.


def _number(reader: FieldReader, name: str, text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        reader.add_error(name, "must be a number")
        return None


def _flat(record: Any) -> dict[str, Any]:
    """Return an animal with its own fields beside the others, as a CSV file has them."""
    own = record.get("fields")
    if not isinstance(own, Mapping):
        return dict(record)
    rest = {name: value for name, value in record.items() if name != "fields"}
    return rest | {f"{SITE_FIELD}{name}": value for name, value in own.items()}


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    own = {name.removeprefix(SITE_FIELD): value for name, value in flat.items() if name.startswith(SITE_FIELD)}
    rest = {name: value for name, value in flat.items() if not name.startswith(SITE_FIELD)}
    return rest | ({"fields": own} if own else {})


def _resolve(records: Sequence[Any], document: Any) -> Iterator[Any]:
    """Yield the resources of a JSON:API document, each relationship replaced by the list of its resources.

    https://jsonapi.org/format/#document-compound-documents
    """
    included = {key: one for one in _included(document) if (key := _identity(one))}
    for record in records:
        relationships = record.get("relationships") if isinstance(record, Mapping) else None
        if not isinstance(relationships, Mapping):
            yield record
            continue
        related = {name: _related(relationship, included) for name, relationship in relationships.items()}
        yield {**record, "relationships": related}


def _included(document: Any) -> Sequence[Any]:
    found = document.get("included") if isinstance(document, Mapping) else None
    return found if isinstance(found, list) else []


def _identity(resource: Any) -> tuple[str, str | int] | None:
    """Return type and id of a resource or of a link to it; None of what is neither."""
    if not isinstance(resource, Mapping):
        return None
    kind, name = resource.get("type"), resource.get("id")
    return (kind, name) if isinstance(kind, str) and isinstance(name, str | int) else None


def _related(relationship: Any, included: Mapping[tuple[str, str | int], Any]) -> list[Any]:
    data = relationship.get("data") if isinstance(relationship, Mapping) else None
    links = data if isinstance(data, list) else [data]
    return [included.get(key, link) for link in links if (key := _identity(link))]
