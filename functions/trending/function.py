"""The function trending: pets of the groups that gain most interest lately, and can be adopted now."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from animal_recommender.experiments.subject import act_in_experiments
from animal_recommender.filters import Filter
from animal_recommender.observability import Handler, instrument
from animal_recommender.pets.pet_question import PetQuestion, read_question
from animal_recommender.pets.pet_recommender import PetRecommender
from animal_recommender.popular_list_reader import PopularListReader
from animal_recommender.recommendations import Element, GroupRanker, RecommendationSettings
from animal_recommender.request_handling import handle_request
from animal_recommender.validation import FieldReader
from animal_recommender.visitor_tokens import VisitorTokens

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

    def answer(question: PetQuestion, shows: str | None = None) -> list[Element]:
        # The trend is the same for everybody. The visitor's id is for the filter, and for what they have applied for.
        species = tuple(sorted(question.pets.criteria.species))
        rank = partial(ranker.showing(shows).rank, question.question, species=species, user_data=question.user_data)
        is_filtered = bool(question.filter)
        return pets.recommend(question.pets, rank, is_plain=not is_filtered, is_filtered=is_filtered, shows=shows)

    def trending(question: PetQuestion) -> list[Element]:
        if experiments is None:
            return answer(question)
        return experiments.answer(question.subject, question.scope, partial(answer, question))

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `[{"id", "recommendationId"?, "source", "pet"}, …]`, the strongest trends first.

        `source` is `personalize`, or `popular` for popular groups: if Personalize did not answer, and to fill the list.
        In an experiment each element has `experiment: {"name", "arm"}`.
        """
        return handle_request(
            event,
            lambda payload: trending(parse_request(payload, settings.filters)),
            tokens,
            restrict=act_in_experiments,
        )

    return handle


def parse_request(payload: Mapping[str, Any], filters: Mapping[str, Filter]) -> PetQuestion:
    """Parse a payload, see `read_question`.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(payload)
    question = read_question(reader, filters)
    reader.add_unknown_errors()
    reader.raise_errors()
    return question
