"""Groups that an event names before the catalogue has a pet of them: they must become items of Personalize, too."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from animal_recommender.aws_errors import CONDITION_FAILED, AwsError, error_code
from animal_recommender.observability import add_count_metric, logger
from animal_recommender.pets.pet_table import group_key, new_group_item
from animal_recommender.pets.table_requests import TableUnavailableError, get_items, retried

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MAX_KNOWN = 100_000


class NewGroups:
    """Notes groups in the table, and lets `publish_pets` tell Personalize of them.

    Only `publish_pets` calls PutItems, because the quota of ten calls a second is one for the whole dataset group.
    Nothing depends on the note: if it fails, the next event of the group makes it.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, publish: Callable[[], None]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._publish = publish
        self._known: set[str] = set()

    def note(self, first_seen: Mapping[str, float]) -> None:
        """Note those groups that the table does not have; `first_seen` has the time of each in epoch seconds."""
        unseen = [group for group in first_seen if group not in self._known]
        if not unseen:
            return
        try:
            noted = self._find(unseen)
            new = [group for group in unseen if group not in noted]
            for group in new:
                note_group(self._dynamodb, self._table, group, first_seen[group])
            if new:
                add_count_metric("NewGroups", len(new))
                self._publish()
        except (TableUnavailableError, *AwsError) as error:
            code = error.code if isinstance(error, TableUnavailableError) else error_code(error)
            logger.warning("New groups not noted", extra={"error": code, "groups": len(unseen)})
            return
        if len(self._known) + len(unseen) > MAX_KNOWN:
            self._known.clear()
        self._known.update(unseen)

    def _find(self, groups: list[str]) -> set[str]:
        """Return those of the groups that the table has."""
        keys = list(map(group_key, groups))
        read = retried(self._dynamodb.batch_get_item)
        return {item["sk"]["S"] for item in get_items(read, self._table, keys, ProjectionExpression="sk")}


def note_group(dynamodb: "DynamoDBClient", table: str, group: str, created: float) -> None:
    """Note a group of which Personalize will be told, unless somebody has noted it.

    Raises:
        TableUnavailableError: It could not be written.
    """
    item = new_group_item(group, created)
    try:
        retried(dynamodb.put_item)(TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except TableUnavailableError as error:
        if error.code != CONDITION_FAILED:
            raise


def first_seen(groups: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the earliest time of each group."""
    earliest: dict[str, float] = {}
    for group, moment in groups:
        earliest[group] = min(moment, earliest.get(group, moment))
    return earliest
