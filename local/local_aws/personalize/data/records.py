"""The items or users of a dataset group: one record for each id."""

import threading
from typing import Any

from local_aws.personalize.data.interactions import BULK


class RecordSet:
    """The newest record of each id. `version` increases with every change. Thread safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, dict[str, Any]] = {}
        self._origins: dict[str, int] = {}
        self.version = 0

    def __len__(self) -> int:
        return len(self._records)

    def get(self, record_id: str) -> dict[str, Any] | None:
        """Return the columns of a record (without its id), or None."""
        return self._records.get(record_id)

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """Return all records by id. A record itself is never changed in place."""
        with self._lock:
            return dict(self._records)

    def origins(self) -> dict[str, int]:
        """Return how each record was ingested, BULK or PUT."""
        with self._lock:
            return dict(self._origins)

    def add(self, records: dict[str, dict[str, Any]], origin: int, *, replace: bool = False) -> None:
        """Add records. With `replace` they replace all that were imported in bulk before."""
        with self._lock:
            if replace:
                self._keep({record_id for record_id, earlier in self._origins.items() if earlier != BULK})
            self._records.update(records)
            self._origins.update(dict.fromkeys(records, origin))
            self.version += 1

    def delete(self, record_ids: set[str]) -> int:
        """Delete these records and return how many there were."""
        with self._lock:
            found = record_ids & self._records.keys()
            self._keep(self._records.keys() - found)
            self.version += 1
            return len(found)

    def _keep(self, record_ids: set[str]) -> None:
        self._records = {name: record for name, record in self._records.items() if name in record_ids}
        self._origins = {name: origin for name, origin in self._origins.items() if name in record_ids}
