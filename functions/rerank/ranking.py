"""Animals to groups and back: Personalize ranks groups, the app wants its animals ranked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from animal_recommender.animal_groups import animal_group_id
from animal_recommender.filters import Filter, read_filter
from animal_recommender.validation import Fields, ValidationError

# Personalize, GetPersonalizedRanking: at most 500 items.
MAX_GROUPS = 500
# All five fields of 500 animals. A longer account of what is wrong would not fit into Lambda's answer of 6 MB.
MAX_ERRORS = 2500

Item = tuple[str, str]
"""An item's id and its group."""


@dataclass(frozen=True)
class Request:
    """A checked request: whose order, which items (id, group) in input order, and the filter parameters."""

    user_id: str
    items: Sequence[Item]
    options: Mapping[str, Any]

    def parameters(self, campaign_arn: str) -> dict[str, Any]:
        """Make the parameters of GetPersonalizedRanking: each group once, in first-seen order."""
        groups = list(dict.fromkeys(group for _, group in self.items))
        return {"campaignArn": campaign_arn, "userId": self.user_id, "inputList": groups, **self.options}


def parse_request(payload: Mapping[str, Any], filters: Mapping[str, Filter]) -> Request:
    """Read a payload; raises ValidationError naming each wrong field.

    `userId` (or `sessionId` of a visitor without an account), `itemMetadataList` of `{"itemId", "animalMetadata"}`
    with at most 500 distinct groups, and optionally `filter: {"name", "values"?}`: what it excludes comes last.
    """
    fields = Fields(payload)
    user, session = fields.identifier("userId"), fields.identifier("sessionId")
    if user is None and session is None and not fields.errors:
        fields.refuse("userId", "is required (or sessionId) and must be a string of 1-256 characters or an integer")
    items = _items(fields)
    options: dict[str, Any] = {}
    chosen = Fields(fields.raw("filter") or {}, "filter")
    if fields.raw("filter") is not None:
        options = read_filter(chosen, filters)
    fields.finish(chosen)
    return Request(user or session or "", items, options)


def _items(fields: Fields) -> list[Item]:
    value = fields.raw("itemMetadataList")
    if not isinstance(value, list):
        fields.refuse("itemMetadataList", 'is required and must be a list of {"itemId", "animalMetadata"}')
        return []
    items = []
    for index, entry in enumerate(value):
        if len(fields.errors) >= MAX_ERRORS:
            fields.refuse("itemMetadataList", f"has too many wrong fields; none from {index} on was read")
            break
        items.append(_item(fields, entry, f"itemMetadataList[{index}]"))
    if not fields.errors and len({group for _, group in items}) > MAX_GROUPS:
        fields.refuse("itemMetadataList", f"must have at most {MAX_GROUPS} distinct groups")
    return items


def _item(fields: Fields, entry: object, path: str) -> Item:
    item = Fields(entry, path)
    item_id = item.identifier("itemId", required=True) if item.is_object else None
    fields.errors.extend(item.errors)
    if not item.is_object:
        return "", ""
    try:
        return item_id or "", animal_group_id(item.raw("animalMetadata"), f"{path}.animalMetadata")
    except ValidationError as error:
        fields.errors.extend(error.errors)
        return "", ""


def order_items(items: Sequence[Item], ranked: Sequence[Mapping[str, Any]]) -> list[str]:
    """Order item ids by their groups' places; groups without a score come behind, then groups not in the answer.

    Items of one group keep their input order.
    """
    scored_first = sorted(ranked, key=lambda item: item.get("score") is None)
    places = {item["itemId"]: place for place, item in enumerate(scored_first)}
    for _, group in items:
        places.setdefault(group, len(places))
    return [item for item, _ in sorted(items, key=lambda item: places[item[1]])]
