"""Animals and their groups: Personalize ranks groups, and the app wants its animals ranked."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from animal_recommender.animal_groups import read_group
from animal_recommender.experiments.subject import Subject, read_subject
from animal_recommender.filters import Filter, FilterParameters, read_filter
from animal_recommender.personalize_ids import visitor_id
from animal_recommender.validation import MAX_ID_LENGTH, FieldReader, as_text

if TYPE_CHECKING:
    from types_boto3_personalize_runtime.type_defs import PredictedItemTypeDef

# Personalize, GetPersonalizedRanking: at most 500 items.
MAX_GROUPS = 500
MAX_PETS = 500
# More than the fields of 500 animals. A response with more errors would not fit into Lambda's limit of 6 MB.
MAX_ERRORS = 2500

# A Lambda response has at most 6 MB: the ids as JSON, escaped again in a proxy response, and Personalize's response.
MAX_IDS_BYTES = 2_500_000
_CERTAINLY_FIT = 500  # so many ids of 256 characters fit in any case

Item = tuple[str, str]
"""An item's id and its group."""


class RerankRequest(NamedTuple):
    """A valid request: `items` in input order, or `pet_ids`; `filter` is parameters of GetPersonalizedRanking.

    `subject` is who asks, for experiments.
    """

    user_id: str
    items: Sequence[Item]
    filter: FilterParameters
    pet_ids: tuple[str, ...] = ()
    subject: Subject = Subject()

    @property
    def groups(self) -> list[str]:
        """The groups of the items, each once, in the order of the items."""
        return list(dict.fromkeys(group for _, group in self.items))

    @property
    def user_data(self) -> list[str]:
        """The values that must not be logged."""
        return [self.user_id, *self.groups, *self.filter.get("filterValues", {}).values()]


def parse_request(payload: Mapping[str, Any], filters: Mapping[str, Filter]) -> RerankRequest:
    """Parse a payload.

    `userId` (or `sessionId` of a visitor without an account), `itemMetadataList` of `{"itemId", "animalMetadata"}`
    with at most 500 distinct groups or `petIds`, 1-500 ids of the catalogue, and optionally
    `filter: {"name", "values"?}`, whose excluded items come last.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(payload)
    user, session = reader.read_user(), reader.read_session()
    if user is None and session is None and not reader.errors:
        reader.add_error("userId", "is required (or sessionId) and must be a string of 1-256 characters or an integer")
    subject = read_subject(reader, user, session)
    pet_ids = _read_pet_ids(reader)
    items = [] if pet_ids else _read_items(reader)
    filter_parameters: FilterParameters = {}
    nested = FieldReader(reader.value("filter") or {}, "filter")
    if reader.value("filter") is not None:
        filter_parameters = read_filter(nested, filters)
    for one in (reader, nested):
        one.add_unknown_errors()
    reader.raise_errors(nested)
    return RerankRequest(visitor_id(user, session) or "", items, filter_parameters, pet_ids, subject)


def _read_pet_ids(reader: FieldReader) -> tuple[str, ...]:
    value = reader.value("petIds")
    if value is None:
        return ()
    ids = [as_text(one) for one in value[: MAX_PETS + 1]] if isinstance(value, list) else []
    valid = [one for one in ids if one and len(one) <= MAX_ID_LENGTH]
    if not 1 <= len(ids) <= MAX_PETS or len(set(valid)) < len(ids):
        reader.add_error("petIds", f"must be a list of 1-{MAX_PETS} different ids")
    if reader.value("itemMetadataList") is not None:
        reader.add_error("petIds", "must not stand beside itemMetadataList")
    return tuple(valid) or ("",)  # not empty, so that itemMetadataList is not missed


def _read_items(reader: FieldReader) -> list[Item]:
    value = reader.value("itemMetadataList")
    if not isinstance(value, list):
        expected = 'a list of {"itemId", "animalMetadata"}'
        reader.add_error("itemMetadataList", f"is required (or petIds) and must be {expected}")
        return []
    items = []
    for index, entry in enumerate(value):
        if len(reader.errors) >= MAX_ERRORS:
            reader.add_error("itemMetadataList", f"has too many wrong fields; none from {index} on was read")
            break
        items.append(_read_item(reader, entry, f"itemMetadataList[{index}]"))
    if not reader.errors and len(items) > _CERTAINLY_FIT and _ids_size(items) > MAX_IDS_BYTES:
        reader.add_error(
            "itemMetadataList", f"must have ids of together at most {MAX_IDS_BYTES} bytes; send fewer animals"
        )
    if not reader.errors and len({group for _, group in items}) > MAX_GROUPS:
        reader.add_error("itemMetadataList", f"must have at most {MAX_GROUPS} distinct groups")
    return items


def _ids_size(items: Sequence[Item]) -> int:
    """Return the bytes of the item ids as a JSON list."""
    return len(json.dumps([item for item, _ in items], ensure_ascii=False).encode())


def _read_item(reader: FieldReader, entry: object, path: str) -> Item:
    item = FieldReader(entry, path)
    if not item.is_object:
        reader.errors.extend(item.errors)
        return "", ""
    animal = FieldReader(item.value("animalMetadata"), f"{path}.animalMetadata")
    read = item.read_identifier("itemId", required=True) or "", read_group(animal)
    reader.add_nested_errors(item)
    reader.add_nested_errors(animal)
    return read


def order_items(items: Sequence[Item], ranked: "Sequence[PredictedItemTypeDef]") -> list[str]:
    """Return the item ids in the order of their groups, and the items of one group in input order.

    Groups without a score follow those with one, and groups that were not ranked come last.
    """
    scored_first = sorted(ranked, key=lambda item: item.get("score") is None)
    places = {item["itemId"]: place for place, item in enumerate(scored_first)}
    for _, group in items:
        places.setdefault(group, len(places))
    return [item for item, _ in sorted(items, key=lambda item: places[item[1]])]
