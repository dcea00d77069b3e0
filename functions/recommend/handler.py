"""Lambda entry: recommendations for one visitor."""

import os
from typing import Any

from animal_recommender.campaign import UnavailableError, ask, degraded, runtime
from animal_recommender.filters import filters
from animal_recommender.observability import observed
from animal_recommender.request_handling import respond
from recommend.popular import PopularList
from recommend.request import Request, parse_request

_personalize = runtime()
_campaign_arn = os.environ["CAMPAIGN_ARN"]
_filters = filters()
_popular = PopularList(os.environ["FALLBACK_BUCKET"], os.environ["FALLBACK_KEY"])


@observed
def handler(event: Any, context: Any) -> Any:
    """Answer `[{"id", "score"?, "recommendationId"?, "promotion"?, "source"}, …]`, best first.

    `source` is `personalize`, or `popular` for the stored list that stands in when Personalize does not answer.
    """
    return respond(event, lambda payload: _recommend(parse_request(payload, _filters)))


def _recommend(request: Request) -> list[dict[str, Any]]:
    try:
        answer = ask(_personalize.get_recommendations, request.parameters(_campaign_arn))
    except UnavailableError as error:
        degraded(error)
        return [{"id": item, "source": "popular"} for item in _popular.top(request.limit, request.species)]
    return [_element(item, answer) for item in answer["itemList"]]


def _element(item: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    optional = {
        "score": item.get("score"),
        "promotion": item.get("promotionName"),
        "recommendationId": answer.get("recommendationId"),
    }
    present = {name: value for name, value in optional.items() if value is not None}
    return {"id": item["itemId"], **present, "source": "personalize"}
