"""For which users a batch is: those of the request, of a file, or of the whole history."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from animal_recommender.batch_jobs import FOLDER
from animal_recommender.history_table import user_of_partition
from animal_recommender.validation import FieldReader, as_text

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import ScanInputTypeDef

MAX_USERS_IN_REQUEST = 1000


class BatchRequest(NamedTuple):
    """A valid request: users by their ids, or the key of a file with an id on each line, or neither: all users."""

    users: tuple[str, ...] = ()
    key: str | None = None


def parse_request(payload: object) -> BatchRequest:
    """Parse `{}`, `{"users": [ids]}` or `{"usersKey": "batch/…"}`.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(payload)
    given, key = reader.value("users"), reader.read_text("usersKey", maximum=1024)
    users = [as_text(one) for one in given] if isinstance(given, list) else []
    if given is not None and not (1 <= len(users) <= MAX_USERS_IN_REQUEST and all(users)):
        reader.add_error("users", f"must be a list of 1-{MAX_USERS_IN_REQUEST} ids; for more, use usersKey")
    if key is not None and not key.startswith(f"{FOLDER}/"):
        reader.add_error("usersKey", f"must begin with {FOLDER}/")
    reader.add_unknown_errors()
    reader.raise_errors()
    return BatchRequest(tuple(one for one in users if one), key)


def users_of_history(dynamodb: "DynamoDBClient", table: str) -> Iterator[str]:
    """Yield the users who have events in the history. One who has many may come more than once."""
    request: ScanInputTypeDef = {"TableName": table, "ProjectionExpression": "pk"}
    while True:
        page = dynamodb.scan(**request)
        found = (user_of_partition(item["pk"]["S"]) for item in page["Items"])
        yield from (user for user in found if user is not None)
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def users_of_file(content: bytes) -> list[str]:
    """Return the ids of a file: one on each line, in UTF-8; blank lines count as none."""
    return [line.strip() for line in content.decode("utf-8-sig").splitlines() if line.strip()]


def input_file(users: Iterable[str]) -> tuple[bytes, int]:
    """Return the input of a batch inference job, each user once, and the number of users."""
    lines = [json.dumps({"userId": user}, ensure_ascii=False) for user in dict.fromkeys(users)]
    return "".join(f"{line}\n" for line in lines).encode(), len(lines)
