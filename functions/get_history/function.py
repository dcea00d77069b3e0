"""The function get_history: the history of one visitor."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from animal_recommender.event_types import EventTypes, parse_event_types
from animal_recommender.observability import Handler, instrument
from animal_recommender.request_handling import handle_request
from animal_recommender.visitor_access import TokenSettings
from animal_recommender.visitor_tokens import VisitorTokens
from get_history.query import parse_query, read_history

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Settings(TokenSettings):
    """Environment variables."""

    history_table: str
    event_types: EventTypes = field(metadata={"parse": parse_event_types})


def make_handler(
    settings: Settings, *, dynamodb: "DynamoDBClient", tokens: VisitorTokens | None = None
) -> Handler[Any, Any]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `{"events": [newest first], "nextToken"?}` for a query (see `get_history.query`)."""
        return handle_request(
            event,
            lambda payload: read_history(dynamodb, settings.history_table, parse_query(payload, settings.event_types)),
            tokens,
        )

    return handle
