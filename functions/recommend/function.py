"""The function recommend: animal groups for one visitor."""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from animal_recommender.experiments.lists import HOLD_OUT, LISTS, POPULAR
from animal_recommender.experiments.subject import act_in_experiments
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

    from animal_recommender.experiments.assignment import Scope
    from animal_recommender.experiments.live import LiveExperiments
    from animal_recommender.pets.pet_recommender import PetRecommender

# Groups have no listing.
_GROUP_LISTS = frozenset({POPULAR, HOLD_OUT})


def make_handler(
    settings: RecommendationSettings,
    *,
    personalize: "PersonalizeRuntimeClient",
    make_s3: "Callable[[], S3Client]",
    make_dynamodb: "Callable[[], DynamoDBClient]",
    tokens: VisitorTokens | None = None,
    experiments: "LiveExperiments | None" = None,
) -> Handler[Any, Any]:
    """Return the Lambda handler."""
    popular = PopularListReader(make_s3, settings.fallback_bucket, settings.fallback_key)
    ranker = GroupRanker(personalize, settings, popular)

    def rank(request: RecommendRequest, shows: str | None, count: int) -> list[Element]:
        question, user_data = request.question, request.user_data
        return ranker.showing(shows).rank(question, count, species=request.species, user_data=user_data)

    @cache
    def pets() -> "PetRecommender":
        # Imported and made when pets are first asked for: a cold start for groups would take longer.
        from animal_recommender.pets.pet_recommender import PetRecommender

        return PetRecommender(settings, popular, dynamodb=make_dynamodb(), make_s3=make_s3)

    def answer(request: RecommendRequest, shows: str | None = None) -> list[Element]:
        if request.pets is None:
            return rank(request, shows, request.limit)
        return pets().recommend(
            request.pets,
            partial(rank, request, shows),
            is_plain=request.is_plain,
            is_filtered=bool(request.filter),
            shows=shows,
        )

    def recommend(request: RecommendRequest) -> list[Element]:
        if experiments is None:
            return answer(request)
        return experiments.answer(request.subject, _scope(request), partial(answer, request))

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `[{"id", "score"?, "recommendationId"?, "promotion"?, "source"}, …]`, best first.

        `source` is `personalize`, or `popular` if Personalize did not answer and the items are the stored popular list.
        With `pets` each element has a `pet`, see `pets.pet_recommender`. In an experiment each has
        `experiment: {"name", "arm"}`.
        """
        return handle_request(
            event,
            lambda payload: recommend(parse_request(payload, settings.filters)),
            tokens,
            restrict=act_in_experiments,
        )

    return handle


def _scope(request: RecommendRequest) -> "Scope":
    from animal_recommender.experiments.assignment import Scope

    if request.pets is None:
        return Scope(frozenset(request.species), shows=_GROUP_LISTS if request.is_plain else frozenset())
    criteria = request.pets.criteria
    return Scope(criteria.species, criteria.shelters, LISTS if request.is_plain else frozenset())
