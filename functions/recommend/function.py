"""The function recommend: animal groups for one visitor."""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from animal_recommender.observability import Handler, instrument
from animal_recommender.popular_list_reader import PopularListReader
from animal_recommender.recommendations import Element, GroupRanker, RecommendationSettings
from animal_recommender.request_handling import handle_request
from animal_recommender.visitor_tokens import VisitorTokens
from recommend.request import RecommendRequest, parse_request

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_s3 import S3Client

    from animal_recommender.pets.pet_recommender import PetRecommender


def make_handler(
    settings: RecommendationSettings,
    *,
    personalize: "PersonalizeRuntimeClient",
    make_s3: "Callable[[], S3Client]",
    make_dynamodb: "Callable[[], DynamoDBClient]",
    tokens: VisitorTokens | None = None,
) -> Handler[Any, Any]:
    """Return the Lambda handler."""
    popular = PopularListReader(make_s3, settings.fallback_bucket, settings.fallback_key)
    ranker = GroupRanker(personalize, settings.campaign_arn, popular)

    def rank(request: RecommendRequest, count: int) -> list[Element]:
        return ranker.rank(request.question, count, species=request.species, user_data=request.user_data)

    @cache
    def pets() -> "PetRecommender":
        # Imported and made when pets are first asked for: a cold start for groups would take longer.
        from animal_recommender.pets.pet_recommender import PetRecommender

        return PetRecommender(settings, popular, dynamodb=make_dynamodb(), make_s3=make_s3)

    def recommend(request: RecommendRequest) -> list[Element]:
        if request.pets is None:
            return rank(request, request.limit)
        is_plain = not request.filter and not request.promotion
        return pets().recommend(
            request.pets, partial(rank, request), is_plain=is_plain, is_filtered=bool(request.filter)
        )

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `[{"id", "score"?, "recommendationId"?, "promotion"?, "source"}, …]`, best first.

        `source` is `personalize`, or `popular` if Personalize did not answer and the items are the stored popular list.
        With `pets` each element has a `pet`, see `pets.pet_recommender`.
        """
        return handle_request(event, lambda payload: recommend(parse_request(payload, settings.filters)), tokens)

    return handle
