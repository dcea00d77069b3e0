"""Lambda entry: the history of one visitor."""

import os
from typing import Any

from animal_recommender.clients import client
from animal_recommender.observability import observed
from animal_recommender.request_handling import respond
from get_history.query import parse_query, read_history

_dynamodb = client("dynamodb", connect_timeout=1.0, read_timeout=2.0)
_table = os.environ["HISTORY_TABLE"]


@observed
def handler(event: Any, context: Any) -> Any:
    """Answer `{"events": [newest first], "nextToken"?}` for a query (see `get_history.query`)."""
    return respond(event, lambda payload: read_history(_dynamodb, _table, parse_query(payload)))
