"""The operations of the runtime: recommendations and personalised ranking."""

from typing import Any

from local_aws.personalize import serving
from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.promotions import recommend_with_promotion
from local_aws.personalize.service import Service
from local_aws.recommender import ScoredItem

_DEFAULT_RESULTS = 25


@operation("GetRecommendations", locked=False)
def get_recommendations(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle GetRecommendations of a campaign. `userId` can be the session id of an anonymous visitor."""
    deployment = serving.get_deployment(service, request.get("campaignArn"), "USER_PERSONALIZATION")
    if "userId" not in request:
        raise InvalidInputError("userId is required for a campaign of this recipe.")
    columns = serving.metadata_columns(service, deployment, request)
    count = request.get("numResults") or _DEFAULT_RESULTS
    _check_count("numResults", count, bool(columns))
    visitor = serving.get_visitor(service, deployment, request["userId"])
    allowed = serving.filter_items(service, deployment, visitor, request)
    chosen: list[tuple[ScoredItem, str | None]]
    if promotions := request.get("promotions"):
        chosen = recommend_with_promotion(service, deployment, visitor, count, allowed, promotions[0])
    else:
        chosen = [(scored, None) for scored in serving.recommend(service, deployment, visitor, count, allowed)]
    items = [
        serving.describe_item(service, deployment, scored, columns) | ({"promotionName": name} if name else {})
        for scored, name in chosen
    ]
    return _respond(service, deployment, "itemList", items)


@operation("GetPersonalizedRanking", locked=False)
def get_personalized_ranking(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle GetPersonalizedRanking: the given items, best first. Items that the model does not know come last."""
    deployment = serving.get_deployment(service, request["campaignArn"], "PERSONALIZED_RANKING")
    columns = serving.metadata_columns(service, deployment, request)
    _check_count("inputList", len(request["inputList"]), bool(columns))
    visitor = serving.get_visitor(service, deployment, request["userId"])
    allowed = serving.filter_items(service, deployment, visitor, request)
    candidates = [item for item in request["inputList"] if allowed is None or item in allowed]
    ranked = deployment.model.rank(deployment.events.filter_history(visitor.history), candidates)
    items = [serving.describe_item(service, deployment, scored, columns) for scored in ranked]
    return _respond(service, deployment, "personalizedRanking", items)


def _check_count(name: str, count: int, with_metadata: bool) -> None:
    maximum = serving.MAXIMUM_RESULTS_WITH_METADATA if with_metadata else serving.MAXIMUM_RESULTS
    if not 1 <= count <= maximum:
        raise InvalidInputError(f"{name} must be between 1 and {maximum}, not {count}.")


def _respond(service: Service, deployment: Deployment, member: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Record the recommended items and return the response."""
    recommendation_id = serving.new_recommendation_id()
    item_ids = tuple(item["itemId"] for item in items)
    service.data(deployment.group_arn).record_recommendation(recommendation_id, item_ids)
    return {member: items, "recommendationId": recommendation_id}
