"""The function recommend: animal groups for one visitor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from animal_recommender.campaign import UnavailableError, call_campaign, record_degraded_answer
from animal_recommender.filters import Filter, parse_filters
from animal_recommender.observability import Handler, instrument
from animal_recommender.request_handling import handle_request
from recommend.popular import PopularListReader
from recommend.request import RecommendRequest, parse_request

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_personalize_runtime.type_defs import GetRecommendationsResponseTypeDef, PredictedItemTypeDef
    from types_boto3_s3 import S3Client


@dataclass(frozen=True)
class Settings:
    """Environment variables. FALLBACK_BUCKET and FALLBACK_KEY are the place of the popular list."""

    campaign_arn: str
    fallback_bucket: str
    fallback_key: str
    filters: Mapping[str, Filter] = field(default_factory=dict, metadata={"parse": parse_filters})
    personalize_timeout_seconds: float = 2.0


def make_handler(
    settings: Settings, *, personalize: "PersonalizeRuntimeClient", make_s3: "Callable[[], S3Client]"
) -> Handler[Any, Any]:
    """Return the Lambda handler."""
    popular = PopularListReader(make_s3, settings.fallback_bucket, settings.fallback_key)

    def recommend(request: RecommendRequest) -> list[dict[str, Any]]:
        def call() -> "GetRecommendationsResponseTypeDef":
            return personalize.get_recommendations(
                campaignArn=settings.campaign_arn,
                userId=request.user_id,
                numResults=request.limit,
                **request.filter,
                **request.promotion,
            )

        try:
            response = call_campaign(call, request.user_data)
        except UnavailableError as error:
            record_degraded_answer(error)
            return [{"id": item, "source": "popular"} for item in popular.top(request.limit, request.species)]
        return [_element(item, response.get("recommendationId")) for item in response["itemList"]]

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `[{"id", "score"?, "recommendationId"?, "promotion"?, "source"}, …]`, best first.

        `source` is `personalize`, or `popular` if Personalize did not answer and the items are the stored popular list.
        """
        return handle_request(event, lambda payload: recommend(parse_request(payload, settings.filters)))

    return handle


def _element(item: "PredictedItemTypeDef", recommendation_id: str | None) -> dict[str, Any]:
    optional = {
        "score": item.get("score"),
        "promotion": item.get("promotionName"),
        "recommendationId": recommendation_id,
    }
    present = {name: value for name, value in optional.items() if value is not None}
    return {"id": item["itemId"], **present, "source": "personalize"}
