"""All data of one dataset group."""

import math
import threading
from collections import OrderedDict
from typing import Any

from local_aws.personalize.avro_schema import Field, Schema
from local_aws.personalize.data.interactions import InteractionLog
from local_aws.personalize.data.records import RecordSet
from local_aws.personalize.data.text_keywords import keywords
from local_aws.personalize.filters.apply import ItemIndex
from local_aws.recommender import Items

_MAX_RECOMMENDATIONS = 10_000


class DatasetGroupData:
    """All datasets of a dataset group, and the items of its latest recommendations."""

    def __init__(self) -> None:
        self.interactions = InteractionLog()
        self.items = RecordSet()
        self.users = RecordSet()
        self.actions = RecordSet()
        self.action_interactions = InteractionLog()
        self._recommended: OrderedDict[str, tuple[tuple[str, ...], str]] = OrderedDict()
        self._lock = threading.Lock()
        self._index = (-1, ItemIndex({}))
        self._candidates: tuple[tuple[int, int], frozenset[str]] = ((-1, -1), frozenset())

    def records(self, dataset_type: str) -> RecordSet:
        """Return the record set of `Items`, `Users` or `Actions`, in any case."""
        return {"ITEMS": self.items, "USERS": self.users, "ACTIONS": self.actions}[dataset_type.upper()]

    def log(self, dataset_type: str) -> InteractionLog:
        """Return the `Interactions` or `Action_Interactions`, in any case. In the latter, actions are the items."""
        return self.interactions if dataset_type.upper() == "INTERACTIONS" else self.action_interactions

    def record_recommendation(self, recommendation_id: str, item_ids: tuple[str, ...], recommender_arn: str) -> None:
        """Store the items of a recommendation (its implicit impression), and which campaign or recommender made it.

        Only the newest ten thousand are kept.
        """
        with self._lock:
            self._recommended[recommendation_id] = item_ids, recommender_arn
            if len(self._recommended) > _MAX_RECOMMENDATIONS:
                self._recommended.popitem(last=False)

    def recommended_items(self, recommendation_id: str) -> tuple[str, ...] | None:
        """Return the items of a recommendation, or None if it is not stored (any more)."""
        found = self._recommended.get(recommendation_id)
        return found[0] if found else None

    def recommender_of(self, recommendation_id: str) -> str | None:
        """Return the campaign or recommender (ARN) of a recommendation, or None if it is not stored (any more)."""
        found = self._recommended.get(recommendation_id)
        return found[1] if found else None

    def item_index(self) -> ItemIndex:
        """Return the catalogue for filters. It is built again only after a change."""
        version, index = self._index
        if version != self.items.version:
            version, index = self.items.version, ItemIndex(self.items.snapshot())
            self._index = (version, index)
        return index

    def candidates(self) -> frozenset[str]:
        """Return every item that can be recommended: with an interaction, or in the catalogue."""
        state = (self.items.version, self.interactions.item_count())
        cached_state, candidates = self._candidates
        if cached_state != state:
            candidates = self.interactions.item_ids() | self.items.snapshot().keys()
            self._candidates = (state, candidates)
        return candidates


def to_items(records: dict[str, dict[str, Any]], schema: Schema, excluded: frozenset[str] = frozenset()) -> Items:
    """Convert item records for the recommender: categorical and numeric columns, and the keywords of textual ones.

    Other text is not used in training.
    """
    used = [
        field
        for field in schema.fields
        if field.name not in ("ITEM_ID", "CREATION_TIMESTAMP", *excluded)
        and (field.categorical or field.textual or field.item_name or field.type not in ("string", "boolean"))
    ]
    created = [None if "CREATION_TIMESTAMP" in excluded else r.get("CREATION_TIMESTAMP") for r in records.values()]
    return Items(
        item_ids=list(records),
        metadata={
            field.name: _values(field, [record.get(field.name) for record in records.values()]) for field in used
        },
        creation_timestamps=[math.nan if time is None else float(time) for time in created],
    )


def _values(field: Field, values: list[Any]) -> list[Any]:
    return list(keywords(values)) if field.textual or field.item_name else values
