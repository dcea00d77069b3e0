"""The operations of the runtime: recommendations and personalised ranking."""

from typing import Any

from local_aws.personalize import serving
from local_aws.personalize.actions import get_action_deployment, recommend_actions
from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.promotions import recommend_with_promotion
from local_aws.personalize.service import Service
from local_aws.recommender import ScoredItem

_DEFAULT_RESULTS = 25
_EXPLORED = {"reason": ["Exploration"]}
_DEFAULT_ACTIONS, _MAXIMUM_ACTIONS = 5, 100
_RECOMMENDING = ("USER_PERSONALIZATION", "POPULAR_ITEMS", "RELATED_ITEMS")


@operation("GetRecommendations", locked=False)
def get_recommendations(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle GetRecommendations of a campaign or recommender. `userId` can be the session id of an anonymous visitor.

    Related items need an `itemId`. For these and for popular items a `userId` only serves the filter.
    """
    deployment = serving.get_deployment(service, request, *_RECOMMENDING)
    columns = serving.metadata_columns(service, deployment, request)
    count = request.get("numResults") or _DEFAULT_RESULTS
    _check_count("numResults", count, bool(columns))
    visitor = serving.get_visitor(service, deployment, request)
    allowed = serving.filter_items(service, deployment, visitor, request)
    chosen: list[tuple[ScoredItem, str | None]]
    if promotions := request.get("promotions"):
        chosen = recommend_with_promotion(service, deployment, visitor, count, allowed, promotions[0])
    else:
        chosen = [(scored, None) for scored in serving.recommend(service, deployment, visitor, count, allowed)]
    items = [
        serving.describe_item(service, deployment, scored, columns) | _describe_promotion(deployment, name)
        for scored, name in chosen
    ]
    if deployment.recipe.gives_reasons:
        expected = serving.unexplored_items(service, deployment, visitor, count, allowed)
        items = [item if "promotionName" in item or item["itemId"] in expected else item | _EXPLORED for item in items]
    return _respond(service, deployment, request, "itemList", items)


@operation("GetPersonalizedRanking", locked=False)
def get_personalized_ranking(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle GetPersonalizedRanking: the given items, best first.

    Items without interactions come last: those of the catalogue without a score, and unknown ones with the score 0.
    """
    deployment = serving.get_deployment(service, request, "PERSONALIZED_RANKING")
    columns = serving.metadata_columns(service, deployment, request)
    _check_count("inputList", len(request["inputList"]), bool(columns))
    visitor = serving.get_visitor(service, deployment, request)
    allowed = serving.filter_items(service, deployment, visitor, request)
    candidates = [item for item in request["inputList"] if allowed is None or item in allowed]
    ranked = serving.rank(service, deployment, visitor, candidates)
    known = service.data(deployment.group_arn).candidates()
    scored_items = [scored if scored.item_id in known else ScoredItem(scored.item_id, 0.0) for scored in ranked]
    items = [serving.describe_item(service, deployment, scored, columns) for scored in scored_items]
    return _respond(service, deployment, request, "personalizedRanking", items)


@operation("GetActionRecommendations", locked=False)
def get_action_recommendations(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle GetActionRecommendations: the actions that the user is most likely to take."""
    if missing := [name for name in ("campaignArn", "userId") if name not in request]:
        raise InvalidInputError(f"{' and '.join(missing)} is required.")
    count = request.get("numResults") or _DEFAULT_ACTIONS
    if not 1 <= count <= _MAXIMUM_ACTIONS:
        raise InvalidInputError(f"numResults must be between 1 and {_MAXIMUM_ACTIONS}, not {count}.")
    deployment = get_action_deployment(service, request["campaignArn"])
    chosen = recommend_actions(service, deployment, request)[:count]
    return {"actionList": chosen, "recommendationId": serving.new_recommendation_id()}


def _describe_promotion(deployment: Deployment, name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    return {"promotionName": name} | ({"reason": ["Promoted item"]} if deployment.recipe.gives_reasons else {})


def _check_count(name: str, count: int, with_metadata: bool) -> None:
    maximum = serving.MAXIMUM_RESULTS_WITH_METADATA if with_metadata else serving.MAXIMUM_RESULTS
    if not 1 <= count <= maximum:
        raise InvalidInputError(f"{name} must be between 1 and {maximum}, not {count}.")


def _respond(
    service: Service, deployment: Deployment, request: dict[str, Any], member: str, items: list[dict[str, Any]]
) -> dict[str, Any]:
    """Record the recommended items and return the response."""
    recommendation_id = serving.new_recommendation_id()
    item_ids = tuple(item["itemId"] for item in items)
    source = request.get("campaignArn") or request["recommenderArn"]
    service.data(deployment.group_arn).record_recommendation(recommendation_id, item_ids, source)
    return {member: items, "recommendationId": recommendation_id}
