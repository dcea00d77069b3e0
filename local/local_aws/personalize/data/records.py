"""Items or users of a dataset group: one record for each id."""

import threading
from typing import Any

from local_aws.personalize.data.interactions import BULK


class RecordSet:
    """Records by id, the newest of each; thread safe. `version` grows with every change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, dict[str, Any]] = {}
        self._origins: dict[str, int] = {}
        self.version = 0

    def __len__(self) -> int:
        return len(self._records)

    def get(self, record_id: str) -> dict[str, Any] | None:
        """The record's columns (without its id), or None."""
        return self._records.get(record_id)

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """All records by id; the records themselves are never changed in place."""
        with self._lock:
            return dict(self._records)

    def origins(self) -> dict[str, int]:
        """How each record came in, BULK or PUT."""
        with self._lock:
            return dict(self._origins)

    def add(self, records: dict[str, dict[str, Any]], origin: int, *, replace: bool = False) -> None:
        """Add records; with `replace` instead of all that were imported in bulk before."""
        with self._lock:
            if replace:
                kept = {name for name, held in self._origins.items() if held != BULK}
                self._records = {name: record for name, record in self._records.items() if name in kept}
                self._origins = {name: held for name, held in self._origins.items() if name in kept}
            self._records.update(records)
            self._origins.update(dict.fromkeys(records, origin))
            self.version += 1

    def forget(self, record_ids: set[str]) -> int:
        """Delete these records; returns how many there were."""
        with self._lock:
            found = record_ids & self._records.keys()
            self._records = {name: record for name, record in self._records.items() if name not in found}
            self._origins = {name: held for name, held in self._origins.items() if name not in found}
            self.version += 1
            return len(found)
