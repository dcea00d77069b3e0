"""The state of the catalogue as a whole: one item of the pets table, which is also the publisher's lease.

Writers set `changedAt` after their writes, and nothing else. The publisher has the other attributes:
`leaseOwner` and `leaseUntil`; `readAt`, when it last read all pets; `readSeconds`, how long that took; `readDay`;
`snapshotChangedAt`, the `changedAt` up to which the snapshot has every change; `snapshotDigest`; `itemsBehind`, whether
Personalize has yet to be told of something. Times are epoch seconds, except that writers give ISO 8601.
"""

import time
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from animal_recommender.aws_errors import CONDITION_FAILED
from animal_recommender.pets.pet_table import CATALOGUE_KEY
from animal_recommender.pets.table_requests import TableUnavailableError, call_table
from animal_recommender.timestamps import parse_time

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# A publisher that was killed holds its lease for so long. It is renewed while the publisher works.
LEASE_SECONDS = 20.0


class State(NamedTuple):
    """What the item says. Times are epoch seconds, 0 for never."""

    changed_at: str = ""
    snapshot_changed_at: str = ""
    snapshot_digest: str = ""
    read_at: float = 0.0
    read_seconds: float = 0.0
    read_day: str = ""
    items_behind: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether the snapshot has every change of which the item tells."""
        return self.changed_at == self.snapshot_changed_at

    @property
    def changed(self) -> float:
        """The time of the last change."""
        return parse_time(self.changed_at) or 0.0


class LeaseLostError(Exception):
    """Another publisher works, because this one was too slow to renew its lease."""


class Catalogue:
    """The item in one table, for one invocation."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, now: Callable[[], float] = time.time, owner: str = ""
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._now = now
        self._owner = owner or str(uuid.uuid4())
        self._until = 0.0

    def read(self) -> State:
        """Return the state now."""
        response = call_table(
            lambda: self._dynamodb.get_item(TableName=self._table, Key=CATALOGUE_KEY, ConsistentRead=True)
        )
        return _state(response.get("Item", {}))

    def take_lease(self) -> bool:
        """Take the lease if nobody has it."""
        return self._update(
            "SET leaseOwner = :owner, leaseUntil = :until",
            "attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leaseOwner = :owner",
            self._lease(),
        )

    def renew(self) -> None:
        """Renew the lease once half of its time is over.

        Raises:
            LeaseLostError: Somebody else has it.
        """
        if self._now() > self._until - LEASE_SECONDS / 2:
            values = self._lease()
            del values[":now"]
            if not self._update("SET leaseUntil = :until", "leaseOwner = :owner", values):
                raise LeaseLostError

    def release(self, state: State | None = None) -> bool:
        """Give the lease back; with `state` only if nothing has changed since. Return whether it was done."""
        values = {":owner": {"S": self._owner}}
        condition = "leaseOwner = :owner"
        if state is not None and state.changed_at:
            values[":changedAt"] = {"S": state.changed_at}
            condition += " AND changedAt = :changedAt"
        elif state is not None:
            condition += " AND attribute_not_exists(changedAt)"
        return self._update("REMOVE leaseOwner, leaseUntil", condition, values)

    def save(self, state: State) -> None:
        """Write what this publisher did.

        Raises:
            LeaseLostError: Somebody else has the lease.
        """
        values = {
            ":owner": {"S": self._owner},
            ":snapshotChangedAt": {"S": state.snapshot_changed_at},
            ":snapshotDigest": {"S": state.snapshot_digest},
            ":readAt": {"N": repr(state.read_at)},
            ":readSeconds": {"N": repr(state.read_seconds)},
            ":readDay": {"S": state.read_day},
            ":itemsBehind": {"BOOL": state.items_behind},
        }
        assignments = ", ".join(f"{name[1:]} = {name}" for name in values if name != ":owner")
        if not self._update(f"SET {assignments}", "leaseOwner = :owner", values):
            raise LeaseLostError

    def _lease(self) -> dict[str, Any]:
        now = self._now()
        self._until = now + LEASE_SECONDS
        return {":owner": {"S": self._owner}, ":until": {"N": repr(self._until)}, ":now": {"N": repr(now)}}

    def _update(self, expression: str, condition: str, values: Mapping[str, Any]) -> bool:
        try:
            call_table(
                lambda: self._dynamodb.update_item(
                    TableName=self._table,
                    Key=CATALOGUE_KEY,
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                ),
            )
        except TableUnavailableError as error:
            if error.code != CONDITION_FAILED:
                raise
            return False
        return True


def _state(item: Mapping[str, Any]) -> State:
    return State(
        changed_at=item.get("changedAt", {"S": ""})["S"],
        snapshot_changed_at=item.get("snapshotChangedAt", {"S": ""})["S"],
        snapshot_digest=item.get("snapshotDigest", {"S": ""})["S"],
        read_at=float(item.get("readAt", {"N": "0"})["N"]),
        read_seconds=float(item.get("readSeconds", {"N": "0"})["N"]),
        read_day=item.get("readDay", {"S": ""})["S"],
        items_behind=item.get("itemsBehind", {"BOOL": False})["BOOL"],
    )
