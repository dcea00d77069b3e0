"""Feeds: where a file lies says what it is, and an item of the pets table shows how far its import is.

`feeds/complete/[<mapping>/[<any folders>/]]<file>` has every animal of its source, which is the folder of the file;
`feeds/changes/…` has only what changed. Without a folder the mapping is `default`: the names of a pet's own fields.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from animal_recommender.pets.pet_table import Item, import_key
from animal_recommender.validation import FieldError, ValidationError

FEEDS = "feeds/"
COMPLETE, CHANGES = "complete", "changes"
DEFAULT_MAPPING = "default"
RUNNING, IMPORTED, REFUSED, STALE, FAILED = "running", "imported", "refused", "stale", "failed"
# Object metadata (x-amz-meta-…) with which the sender of a complete feed allows more removals than usual.
MAXIMUM_REMOVED_SHARE = "maximum-removed-share"
_KEPT_DAYS = 90
_DAY = 86_400


class Place(NamedTuple):
    """What the key of a feed's file says."""

    kind: str
    mapping: str
    source: str


def parse_key(key: str) -> Place:
    """Return what the key of a file under feeds/ says.

    Raises:
        ValidationError: The file lies in no folder of feeds.
    """
    kind, _, rest = key.removeprefix(FEEDS).partition("/")
    folders, _, file = rest.rpartition("/")
    if not key.startswith(FEEDS) or kind not in (COMPLETE, CHANGES) or not file:
        expected = f"{FEEDS}{COMPLETE}/ or {FEEDS}{CHANGES}/, or in a folder of it with the name of a mapping"
        raise ValidationError([FieldError("key", f"must be in {expected}")], "wrong-folder")
    mapping = folders.partition("/")[0] or DEFAULT_MAPPING
    return Place(kind, mapping, folders or DEFAULT_MAPPING)


def feed_id(key: str, version: str) -> str:
    """Return the id of a feed: one version of one object. It names the report, too."""
    return hashlib.sha256(f"{key}\n{version}".encode()).hexdigest()[:16]


def report_key(feed: str) -> str:
    """Return the key of a feed's report."""
    return f"reports/{feed}.json"


def mapping_key(name: str) -> str:
    """Return the key of a mapping."""
    return f"mappings/{name}.json"


def progress_item(feed: str, progress: Mapping[str, Any], now: float) -> Item:
    """Return the item of an import. `progress` has `state` and what else there is to show."""
    return {
        **import_key(feed),
        "state": {"S": progress["state"]},
        "progress": {"S": json.dumps(progress)},
        "expiresAt": {"N": str(int(now) + _KEPT_DAYS * _DAY)},
    }


def read_progress(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the progress in an import's item, None without an item."""
    if not item:
        return None
    progress: dict[str, Any] = json.loads(item["progress"]["S"])
    return progress
