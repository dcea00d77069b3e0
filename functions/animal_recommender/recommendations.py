"""What the functions share that recommend: their settings and clients, and the question to a campaign."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from animal_recommender.campaign import UnavailableError, call_campaign, campaign_client, record_degraded_answer
from animal_recommender.clients import client
from animal_recommender.experiments.lists import HOLD_OUT, POPULAR
from animal_recommender.experiments.settings import ExperimentSettings
from animal_recommender.filters import Filter, parse_filters
from animal_recommender.personalize_ids import unknown_visitor
from animal_recommender.pets.age_limits import AgeLimits, parse_age_limits
from animal_recommender.popular_list_reader import PopularListReader
from animal_recommender.visitor_access import find_visitor_tokens
from animal_recommender.visitor_tokens import VisitorTokens

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_personalize_runtime.type_defs import (
        GetRecommendationsResponseTypeDef,
        PredictedItemTypeDef,
    )
    from types_boto3_s3 import S3Client

DEFAULT_LIMIT = 10
# DynamoDB: BatchGetItem reads at most 100 items, so the last look at the pets is usually one call.
MAX_PETS = 100

Element = dict[str, Any]
"""An element of an answer: `{"id", "score"?, "recommendationId"?, "promotion"?, "source"}`."""


@dataclass(frozen=True)
class RecommendationSettings(ExperimentSettings):
    """Environment variables.

    FALLBACK_BUCKET and FALLBACK_KEY are the place of the popular list. At least the share LONG_WAITING_SHARE of the
    pets of an answer have waited for LONG_WAITING_DAYS or longer, as far as there are any.
    """

    campaign_arn: str
    fallback_bucket: str
    fallback_key: str
    pets_table: str
    pets_bucket: str
    history_table: str
    age_limits: AgeLimits = field(metadata={"parse": parse_age_limits})
    long_waiting_days: int
    long_waiting_share: float
    filters: Mapping[str, Filter] = field(default_factory=dict, metadata={"parse": parse_filters})
    personalize_timeout_seconds: float = 2.0


class RecommendationClients(TypedDict):
    """What a function that recommends works with."""

    personalize: "PersonalizeRuntimeClient"
    make_s3: "Callable[[], S3Client]"
    make_dynamodb: "Callable[[], DynamoDBClient]"
    tokens: VisitorTokens | None


def recommendation_clients(settings: RecommendationSettings) -> RecommendationClients:
    """Return the clients for these settings."""
    return {
        "personalize": campaign_client(settings.personalize_timeout_seconds),
        # Made when they are first needed, since a client costs 25 ms at init: without pets, S3 is for outages only.
        "make_s3": lambda: client("s3", connect_timeout=0.5, read_timeout=1.0, attempts=2),
        # One attempt: the reads of tables are repeated by those who read, because a page waits for them. A page of the
        # index has up to 1 MB, which takes longer than the reads of single items. Requests are made of checked values.
        "make_dynamodb": lambda: client(
            "dynamodb", connect_timeout=0.5, read_timeout=2.5, attempts=1, validation=False
        ),
        "tokens": find_visitor_tokens(settings),
    }


# The parameters of GetRecommendations that come from a request.
Question = Mapping[str, Any]


class GroupRanker:
    """Asks a campaign for groups: that of the settings, or what an arm of an experiment shows."""

    def __init__(
        self,
        personalize: "PersonalizeRuntimeClient",
        settings: RecommendationSettings,
        popular: PopularListReader,
        shows: str | None = None,
    ) -> None:
        self._personalize = personalize
        self._settings = settings
        self._popular = popular
        self._shows = shows
        self._campaign_arn = settings.experiment_campaigns.get(shows or "", settings.campaign_arn)

    def showing(self, shows: str | None) -> "GroupRanker":
        """Return what ranks for an arm (see `definition.Arm`); None: for nobody's experiment."""
        return GroupRanker(self._personalize, self._settings, self._popular, shows) if shows else self

    def rank(self, question: Question, count: int, *, species: tuple[str, ...], user_data: list[str]) -> list[Element]:
        """Return the elements of the best groups, best first.

        If Personalize does not answer, they are popular groups of the `species` (empty: of all). `user_data` are the
        values that must not be logged.
        """
        if self._shows == POPULAR:
            return self._popular_groups(count, species)
        whose = {"userId": unknown_visitor()} if self._shows == HOLD_OUT else {}
        parameters = {**question, **whose}

        def call() -> "GetRecommendationsResponseTypeDef":
            return self._personalize.get_recommendations(campaignArn=self._campaign_arn, numResults=count, **parameters)

        try:
            response = call_campaign(call, user_data)
        except UnavailableError as error:
            record_degraded_answer(error)
            return self._popular_groups(count, species)
        return [_element(item, response.get("recommendationId")) for item in response["itemList"]]

    def _popular_groups(self, count: int, species: tuple[str, ...]) -> list[Element]:
        return [{"id": item, "source": "popular"} for item in self._popular.top(count, species)]


def _element(item: "PredictedItemTypeDef", recommendation_id: str | None) -> Element:
    optional = {
        "score": item.get("score"),
        "promotion": item.get("promotionName"),
        "recommendationId": recommendation_id,
    }
    present = {name: value for name, value in optional.items() if value is not None}
    return {"id": item["itemId"], **present, "source": "personalize"}
