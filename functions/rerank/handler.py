"""Lambda entry: a list of animals in the order of one visitor's interest."""

import os
from typing import Any

from animal_recommender.campaign import UnavailableError, ask, degraded, runtime
from animal_recommender.filters import filters
from animal_recommender.observability import observed
from animal_recommender.request_handling import respond
from rerank.ranking import Request, order_items, parse_request

_personalize = runtime()
_campaign_arn = os.environ["CAMPAIGN_ARN"]
_filters = filters()


@observed
def handler(event: Any, context: Any) -> Any:
    """Answer `{"ranking": [itemId, …], "personalizeResponse": {…}, "source"}`, every input item exactly once.

    `source` is `personalize`, or `input` if Personalize does not answer and the items keep their order.
    """
    return respond(event, lambda payload: _rerank(parse_request(payload, _filters)))


def _rerank(request: Request) -> dict[str, Any]:
    if not request.items:
        return {"ranking": [], "personalizeResponse": {}, "source": "input"}
    try:
        answer = ask(_personalize.get_personalized_ranking, request.parameters(_campaign_arn))
    except UnavailableError as error:
        degraded(error)
        return {"ranking": [item for item, _ in request.items], "personalizeResponse": {}, "source": "input"}
    ranking = order_items(request.items, answer["personalizedRanking"])
    return {"ranking": ranking, "personalizeResponse": answer, "source": "personalize"}
