"""The function similar: pets like a given one that can be adopted now, for one visitor."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from animal_recommender.experiments.subject import act_in_experiments
from animal_recommender.observability import Handler, instrument
from animal_recommender.pets.pet_recommender import PetRecommender, record_missing_catalogue
from animal_recommender.pets.table_requests import TableUnavailableError
from animal_recommender.popular_list_reader import PopularListReader
from animal_recommender.recommendations import Element, GroupRanker, RecommendationSettings
from animal_recommender.request_handling import handle_request
from animal_recommender.validation import FieldError, ValidationError
from animal_recommender.visitor_tokens import VisitorTokens
from similar.request import SimilarRequest, parse_request

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_s3 import S3Client

    from animal_recommender.experiments.live import LiveExperiments


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
    pets = PetRecommender(settings, popular, dynamodb=make_dynamodb(), make_s3=make_s3)

    def similar(request: SimilarRequest) -> list[Element]:
        answer = partial(_find_similar, pets, ranker, request)
        if experiments is None:
            return answer()
        return experiments.answer(request.question.subject, request.question.scope, answer)

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `[{"id", "score"?, "recommendationId"?, "source", "pet"}, …]`, the most similar ones first.

        `source` is `same-group` for the group of the request, `personalize` for others, and `popular` for popular
        groups of the same species if Personalize did not answer. The list is shorter than asked for if there are no
        more similar pets, and empty if the catalogue does not say what the pet is. In an experiment each element has
        `experiment: {"name", "arm"}`.
        """
        return handle_request(
            event,
            lambda payload: similar(parse_request(payload, settings.filters)),
            tokens,
            restrict=act_in_experiments,
        )

    return handle


def _find_similar(
    pets: PetRecommender, ranker: GroupRanker, request: SimilarRequest, shows: str | None = None
) -> list[Element]:
    question = request.question
    try:
        group = request.group or _find_group(pets, request.animal_id or "")
    except TableUnavailableError as error:
        record_missing_catalogue(error)
        return []

    def rank(count: int) -> list[Element]:
        parameters = {**question.question, "itemId": group}
        user_data = [*question.user_data, group]
        groups = ranker.showing(shows).rank(parameters, count, species=(group.partition("-")[0],), user_data=user_data)
        if question.filter:  # whether it allows the group itself is not known
            return groups
        # Nothing is more like a pet than another one of its group.
        return [{"id": group, "source": "same-group"}, *(one for one in groups if one["id"] != group)]

    asked = question.pets._replace(excluded=frozenset(filter(None, [request.animal_id])))
    return pets.recommend(asked, rank, is_plain=not question.filter, is_filtered=True, shows=shows)


def _find_group(pets: PetRecommender, animal_id: str) -> str:
    """Return the group of a pet, also of one that cannot be adopted now.

    Raises:
        ValidationError: The catalogue has no such pet.
    """
    group = pets.group_of(animal_id)
    if group is None:
        raise ValidationError([FieldError("animalId", "is not the id of a pet in the catalogue")])
    return group
