"""Everything one dataset group knows."""

import math
import threading
from collections import OrderedDict
from typing import Any

from local_aws.personalize.avro_schema import Schema
from local_aws.personalize.data.interactions import InteractionLog
from local_aws.personalize.data.records import RecordSet
from local_aws.personalize.filters.apply import ItemIndex
from local_aws.recommender import Items

_RECOMMENDATIONS_KEPT = 10_000


class DatasetGroupData:
    """Interactions, items and users of a dataset group, and which recommendations were shown of late."""

    def __init__(self) -> None:
        self.interactions = InteractionLog()
        self.items = RecordSet()
        self.users = RecordSet()
        self._shown: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._lock = threading.Lock()
        self._index = (-1, ItemIndex({}))
        self._candidates: tuple[tuple[int, int], frozenset[str]] = ((-1, -1), frozenset())

    def records(self, dataset_type: str) -> RecordSet:
        """The record set of `Items` or `Users`."""
        return self.items if dataset_type == "Items" else self.users

    def remember_shown(self, recommendation_id: str, item_ids: tuple[str, ...]) -> None:
        """Keep what a recommendation showed (its implicit impression), the newest ten thousand."""
        with self._lock:
            self._shown[recommendation_id] = item_ids
            if len(self._shown) > _RECOMMENDATIONS_KEPT:
                self._shown.popitem(last=False)

    def shown(self, recommendation_id: str) -> tuple[str, ...] | None:
        """What a recommendation showed, or None if it is not known (any more)."""
        return self._shown.get(recommendation_id)

    def item_index(self) -> ItemIndex:
        """The catalogue as filters see it; made anew only when it changed."""
        version, index = self._index
        if version != self.items.version:
            version, index = self.items.version, ItemIndex(self.items.snapshot())
            self._index = (version, index)
        return index

    def candidates(self) -> frozenset[str]:
        """Every item that can be recommended: interacted with, or in the catalogue."""
        state = (self.items.version, self.interactions.item_count())
        held_state, held = self._candidates
        if held_state != state:
            held = self.interactions.item_ids() | self.items.snapshot().keys()
            self._candidates = (state, held)
        return held


def catalogue(records: dict[str, dict[str, Any]], schema: Schema, excluded: frozenset[str] = frozenset()) -> Items:
    """Item records as the recommender takes them: categorical and numeric columns (other text does not train)."""
    used = [
        field
        for field in schema.fields
        if field.name not in ("ITEM_ID", "CREATION_TIMESTAMP", *excluded)
        and (field.categorical or field.type not in ("string", "boolean"))
    ]
    created = [record.get("CREATION_TIMESTAMP") for record in records.values()]
    return Items(
        item_ids=list(records),
        metadata={field.name: [record.get(field.name) for record in records.values()] for field in used},
        creation_timestamps=[math.nan if time is None else float(time) for time in created],
    )
