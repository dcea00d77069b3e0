"""The function rerank: a list of animals in the order of one visitor's interest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from animal_recommender.campaign import UnavailableError, call_campaign, record_degraded_answer
from animal_recommender.experiments.lists import HOLD_OUT
from animal_recommender.experiments.settings import ExperimentSettings
from animal_recommender.experiments.subject import act_in_experiments
from animal_recommender.filters import Filter, parse_filters
from animal_recommender.observability import Handler, instrument
from animal_recommender.pets.age_limits import AgeLimits, parse_age_limits
from animal_recommender.request_handling import handle_request
from animal_recommender.visitor_tokens import VisitorTokens
from rerank.ranking import RerankRequest, order_items, parse_request

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_personalize_runtime.type_defs import GetPersonalizedRankingResponseTypeDef

    from animal_recommender.experiments.live import LiveExperiments
    from rerank.pets import RankedPets

# Without personalisation the order is that of the request.
_LISTS = frozenset({HOLD_OUT})


@dataclass(frozen=True)
class Settings(ExperimentSettings):
    """Environment variables."""

    campaign_arn: str
    pets_table: str
    age_limits: AgeLimits = field(metadata={"parse": parse_age_limits})
    filters: Mapping[str, Filter] = field(default_factory=dict, metadata={"parse": parse_filters})
    personalize_timeout_seconds: float = 2.0


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeRuntimeClient",
    make_dynamodb: "Callable[[], DynamoDBClient]",
    tokens: VisitorTokens | None = None,
    experiments: "LiveExperiments | None" = None,
) -> Handler[Any, Any]:
    """Return the Lambda handler."""

    @cache
    def pets() -> "RankedPets":
        # Imported and made when pets are first ranked: a cold start for other requests would take longer.
        from rerank.pets import RankedPets

        return RankedPets(make_dynamodb(), settings.pets_table, settings.age_limits)

    def answer(request: RerankRequest, shows: str | None = None) -> dict[str, Any]:
        campaign = settings.experiment_campaigns.get(shows or "", settings.campaign_arn)
        rank = partial(_rank_items, personalize, None if shows == HOLD_OUT else campaign)
        return pets().rank(request, rank) if request.pet_ids else rank(request)

    def rerank(request: RerankRequest) -> dict[str, Any]:
        if experiments is None:
            return answer(request)
        return _answer_in_experiment(experiments, request, partial(answer, request))

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `{"ranking": [itemId, …], "personalizeResponse": {…}, "source"}` with every input item exactly once.

        `source` is `personalize`, or `input` if Personalize did not answer and the items are in their input order.
        With `petIds`, see `rerank.pets`. In an experiment there is `experiment: {"name", "arm"}`.
        """
        return handle_request(
            event,
            lambda payload: rerank(parse_request(payload, settings.filters)),
            tokens,
            restrict=act_in_experiments,
        )

    return handle


def _answer_in_experiment(
    experiments: "LiveExperiments", request: RerankRequest, answer: Callable[[str | None], dict[str, Any]]
) -> dict[str, Any]:
    from animal_recommender.experiments.assignment import Scope

    species = frozenset(group.partition("-")[0] for group in request.groups)
    assignment = experiments.assign(request.subject, Scope(species, shows=_LISTS))
    if assignment is None:
        return answer(None)
    result = answer(assignment.arm.shows)
    shown = ({"pet": item, "source": result["source"]} for item in result["ranking"])
    recommendation = result["personalizeResponse"].get("recommendationId")
    finish = experiments.record(assignment, request.subject, shown, recommendation)
    labelled = {**result, "experiment": assignment.label}
    finish()
    return labelled


def _rank_items(
    personalize: "PersonalizeRuntimeClient", campaign_arn: str | None, request: RerankRequest
) -> dict[str, Any]:
    in_input_order = {"ranking": [item for item, _ in request.items], "personalizeResponse": {}, "source": "input"}
    if not request.items or campaign_arn is None:
        return in_input_order

    def call() -> "GetPersonalizedRankingResponseTypeDef":
        return personalize.get_personalized_ranking(
            campaignArn=campaign_arn, userId=request.user_id, inputList=request.groups, **request.filter
        )

    try:
        response = call_campaign(call, request.user_data)
    except UnavailableError as error:
        record_degraded_answer(error)
        return in_input_order
    ranking = order_items(request.items, response["personalizedRanking"])
    return {"ranking": ranking, "personalizeResponse": response, "source": "personalize"}
