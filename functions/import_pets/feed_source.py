"""What is known of the complete feeds of one source, so that an older one that still runs gives way to a newer one."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from animal_recommender.aws_errors import CONDITION_FAILED, error_code
from animal_recommender.pets.pet_table import source_key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class SupersededError(Exception):
    """A newer complete feed of the same source has begun."""


class FeedSource:
    """The source of a feed, as the pets table has it. Times are those of feeds: ISO 8601, of one length."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, source: str, time: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._source = source
        self._time = time

    def note_begun(self) -> None:
        """Note that this complete feed has begun, before its first read. An older one that still runs sees it."""
        self._note("completeAt")

    def note_written(self) -> None:
        """Note that all pets of this complete feed are written. It then looks for what older feeds wrote meanwhile."""
        self._note("writtenAt")

    def check_newest(self) -> None:
        """Raise SupersededError if a newer complete feed has begun."""
        if self._is_newer("completeAt"):
            raise SupersededError

    def is_newer_written(self) -> bool:
        """Return whether a newer complete feed has written all its pets."""
        return self._is_newer("writtenAt")

    def _note(self, name: str) -> None:
        values: dict[str, Any] = {":time": {"S": self._time}}
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=source_key(self._source),
                UpdateExpression=f"SET {name} = :time",
                ConditionExpression=f"attribute_not_exists({name}) OR {name} < :time",
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise

    def _is_newer(self, name: str) -> bool:
        key = source_key(self._source)
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item", {})
        return name in item and item[name]["S"] > self._time
