"""Tells Personalize of groups: that they exist, how many pets they have, and how long one of these has waited.

PutItems takes 10 items a call and 10 calls a second for a dataset group:
https://docs.aws.amazon.com/personalize/latest/dg/limits.html (Individual record import APIs). New groups come first.
A new group's item in the table is written before the call, so that its creation time stays the same if the call is
repeated after a kill; what was sent is written after the call.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from animal_recommender.aws_errors import AwsError, ErrorKind, classify, error_code
from animal_recommender.observability import add_count_metric, logger
from animal_recommender.pets.new_groups import note_group
from animal_recommender.pets.pet_table import GROUPS, KNOWN, PENDING, REFUSED, Item, new_group_item
from animal_recommender.pets.table_requests import read_pages, retried
from publish_pets.item_schema import Attributes, ItemSchema

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_personalize_events import PersonalizeEventsClient
    from types_boto3_personalize_events.type_defs import ItemTypeDef

MAX_ITEMS = 10
SECONDS_PER_CALL = 0.11
_NO_PETS = Attributes(0, None)
_ATTRIBUTES = "sent"


class GroupState(NamedTuple):
    """A group of the table. `sent` are the attributes that Personalize was told last, by the name of the field."""

    created: int
    state: str = PENDING
    sent: Mapping[str, int] | None = None


class Update(NamedTuple):
    """A group of which Personalize must be told. A new one is neither in the table nor in the seed."""

    group: str
    created: int
    attributes: Mapping[str, int]
    is_new: bool


class GroupTable:
    """The groups of the pets table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def read(self) -> dict[str, GroupState]:
        """Return all groups."""
        request = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": GROUPS}},
        }
        pages = read_pages(retried(self._dynamodb.query), request)
        return {item["sk"]["S"]: _group_state(item) for items in pages for item in items}

    def note_new(self, group: str, created: int) -> None:
        """Note a group of which Personalize will be told, unless somebody has noted it."""
        note_group(self._dynamodb, self._table, group, created)

    def note_sent(self, update: Update, state: str) -> None:
        """Note what Personalize was told of a group."""
        sent = {"M": {name: {"N": str(value)} for name, value in update.attributes.items()}}
        item = {**new_group_item(update.group, update.created), "state": {"S": state}, _ATTRIBUTES: sent}
        retried(self._dynamodb.put_item)(TableName=self._table, Item=item)


def _group_state(item: Item) -> GroupState:
    sent = item.get(_ATTRIBUTES)
    return GroupState(
        created=int(item["creationTime"]["N"]),
        state=item["state"]["S"],
        sent=None if sent is None else {name: int(value["N"]) for name, value in sent["M"].items()},
    )


def find_updates(
    groups: Mapping[str, GroupState],
    pets: Mapping[str, Attributes],
    schema: ItemSchema,
    seed: Iterable[str],
    now: float,
) -> list[Update]:
    """Return of what Personalize must be told, new groups first.

    Args:
        groups: What the table says of the groups.
        pets: The pets of each group that has any.
        schema: Which attributes the dataset has.
        seed: The groups that the seed's import told Personalize of.
        now: The creation time of groups that nobody has seen before.
    """
    known = set(seed)
    updates = []
    for group in {**dict.fromkeys(groups), **dict.fromkeys(pets)}:
        state = groups.get(group) or GroupState(int(now))
        attributes = schema.attributes(pets.get(group, _NO_PETS))
        is_new = group not in groups and group not in known
        told = state.sent if state.sent is not None else {} if group in known else None
        if (group in groups and state.state == PENDING) or told != attributes:
            updates.append(Update(group, state.created, attributes, is_new))
    return sorted(updates, key=lambda update: (not update.is_new, update.group))


class ItemWriter:
    """Sends updates to one items dataset."""

    def __init__(
        self,
        personalize: "PersonalizeEventsClient",
        dataset_arn: str,
        table: GroupTable,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._personalize = personalize
        self._dataset_arn = dataset_arn
        self._table = table
        self._sleep = sleep

    def send(
        self,
        updates: Sequence[Update],
        schema: ItemSchema,
        seed: Mapping[str, Mapping[str, str]],
        may_go_on: Callable[[], bool],
    ) -> bool:
        """Send updates until `may_go_on` is false or the service does not take them now. Return whether all were sent.

        An item that the service refuses is noted as refused, and sent again when its attributes change.
        """
        for start in range(0, len(updates), MAX_ITEMS):
            if not may_go_on() or not self._send_chunk(updates[start : start + MAX_ITEMS], schema, seed):
                return False
            self._sleep(SECONDS_PER_CALL)
        return True

    def _send_chunk(self, chunk: Sequence[Update], schema: ItemSchema, seed: Mapping[str, Mapping[str, str]]) -> bool:
        for update in chunk:
            if update.is_new:
                self._table.note_new(update.group, update.created)
        for part, state in self._put(list(_with_items(chunk, schema, seed))):
            if state == PENDING:
                return False
            for update in part:
                self._table.note_sent(update, state)
        return True

    def _put(self, chunk: "list[tuple[Update, ItemTypeDef | None]]") -> Iterator[tuple[list[Update], str]]:
        """Put the items, and yield parts of the chunk with their new states; PENDING for what must be sent again."""
        valid = [(update, item) for update, item in chunk if item is not None]
        yield [update for update, item in chunk if item is None], REFUSED
        updates = [update for update, _ in valid]
        try:
            if valid:
                self._personalize.put_items(datasetArn=self._dataset_arn, items=[item for _, item in valid])
        except AwsError as error:
            kind, code = classify(error), error_code(error)
        else:
            add_count_metric("ItemsPut", len(valid))
            yield updates, KNOWN
            return
        if kind is not ErrorKind.INVALID_REQUEST:
            logger.warning("PutItems failed", extra={"error": code, "items": len(valid)})
            yield updates, PENDING
        elif len(valid) == 1:
            logger.error("An item is refused", extra={"error": code, "group": updates[0].group})
            add_count_metric("ItemsRefused")
            yield updates, REFUSED
        else:
            for one in valid:
                self._sleep(SECONDS_PER_CALL)
                yield from self._put([one])


def _with_items(
    chunk: Iterable[Update], schema: ItemSchema, seed: Mapping[str, Mapping[str, str]]
) -> "Iterator[tuple[Update, ItemTypeDef | None]]":
    for update in chunk:
        try:
            properties = schema.properties(update.group, update.created, update.attributes, seed.get(update.group))
            yield update, {"itemId": update.group, "properties": properties}
        except ValueError:
            logger.error("A group cannot be an item", extra={"group": update.group})
            add_count_metric("ItemsRefused")
            yield update, None
