"""The runtime: recommendations and personalised ranking."""

from collections.abc import Mapping
from typing import Any

from local_aws.personalize import serving
from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.promotions import with_promotion
from local_aws.personalize.service import Service

_DEFAULT_RESULTS = 25


@operation("GetRecommendations", locked=False)
def get_recommendations(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """GetRecommendations, of a campaign. `userId` may be an anonymous visitor's session id."""
    deployed = serving.deployment(service, request.get("campaignArn"), "USER_PERSONALIZATION")
    if "userId" not in request:
        raise InvalidInputError("userId is required for a campaign of this recipe.")
    columns = serving.metadata_columns(service, deployed, request)
    count = request.get("numResults") or _DEFAULT_RESULTS
    _check_count("numResults", count, bool(columns))
    whom = serving.visitor(service, deployed, request["userId"])
    allowed = serving.filtered(service, deployed, whom, request)
    if promotions := request.get("promotions"):
        chosen = with_promotion(service, deployed, whom, count, allowed, promotions[0])
    else:
        chosen = [(scored, None) for scored in serving.recommend(service, deployed, whom, count, allowed)]
    items = [
        serving.item(service, deployed, scored, columns) | ({"promotionName": name} if name else {})
        for scored, name in chosen
    ]
    return _answer(service, deployed, "itemList", items)


@operation("GetPersonalizedRanking", locked=False)
def get_personalized_ranking(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """GetPersonalizedRanking: the given items, best first; one that the model does not know comes last, unscored."""
    deployed = serving.deployment(service, request["campaignArn"], "PERSONALIZED_RANKING")
    columns = serving.metadata_columns(service, deployed, request)
    _check_count("inputList", len(request["inputList"]), bool(columns))
    whom = serving.visitor(service, deployed, request["userId"])
    allowed = serving.filtered(service, deployed, whom, request)
    asked = [name for name in request["inputList"] if allowed is None or name in allowed]
    ranked = deployed.model.rank(deployed.events.of_history(whom.history), asked)
    items = [serving.item(service, deployed, scored, columns) for scored in ranked]
    return _answer(service, deployed, "personalizedRanking", items)


def _check_count(name: str, count: int, with_metadata: bool) -> None:
    maximum = serving.MAXIMUM_RESULTS_WITH_METADATA if with_metadata else serving.MAXIMUM_RESULTS
    if not 1 <= count <= maximum:
        raise InvalidInputError(f"{name} must be between 1 and {maximum}, not {count}.")


def _answer(service: Service, deployed: Deployment, member: str, items: list[Mapping[str, Any]]) -> dict[str, Any]:
    recommendation_id = serving.recommendation_id()
    shown = tuple(answered["itemId"] for answered in items)
    service.data(deployed.group_arn).remember_shown(recommendation_id, shown)
    return {member: items, "recommendationId": recommendation_id}
