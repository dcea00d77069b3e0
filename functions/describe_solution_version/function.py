"""The function describe_solution_version: the state of a training."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypedDict

from animal_recommender.observability import Handler, instrument
from animal_recommender.retraining.resource_status import ACTIVE, CREATING
from animal_recommender.retraining.run_state import PopularityTraining, PopularityVersion
from animal_recommender.retraining.solution_versions import describe_version
from animal_recommender.retraining.step_errors import error_text

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import SolutionVersionTypeDef

State = Literal["active", "pending", "expired", "failed"]


class DescribeInput(TypedDict):
    """The version, the Popularity-Count version to compare it with, and for how many seconds each may train."""

    solutionVersionArn: str
    popularity: PopularityTraining
    timeoutSeconds: int


class Training(TypedDict):
    """The state of a training. `pending` is a state and not an error, so that every error means a real fault.

    `pending`: this training is in progress, or that of Popularity-Count. `expired`: this one is still in progress after
    its time. `failed`: it ended without a version that can serve.
    """

    state: State
    status: str  # as Personalize has it
    failureReason: str | None
    trainingHours: float | None  # what is billed; known after the training succeeded
    minutes: float  # since it began
    popularity: PopularityVersion | None  # None: there is nothing to compare with


def make_handler(
    *, personalize: "PersonalizeClient", now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Handler[DescribeInput, Training]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: DescribeInput, context: "LambdaContext") -> Training:
        """Return the state of the training of a version."""
        version = describe_version(personalize, event["solutionVersionArn"])
        seconds = (now() - version["creationDateTime"]).total_seconds()
        state = _state(version["status"], expired=seconds > event["timeoutSeconds"])
        popularity = _describe_popularity(personalize, event["popularity"])
        # Both trainings began together. Beyond the time the version is evaluated without the comparison.
        awaited = popularity is not None and popularity["status"] in CREATING and seconds <= event["timeoutSeconds"]
        return {
            "state": "pending" if state == "active" and awaited else state,
            "status": version["status"],
            "failureReason": _failure_reason(version, state, event["timeoutSeconds"]),
            "trainingHours": version.get("trainingHours"),
            "minutes": round(seconds / 60, 1),
            "popularity": popularity,
        }

    return handle


def _describe_popularity(personalize: "PersonalizeClient", training: PopularityTraining) -> PopularityVersion | None:
    if "Error" in training:
        return {"solutionVersionArn": None, "status": "NOT CREATED", "failureReason": error_text(training)}
    if "solutionVersionArn" not in training:
        return None
    version = describe_version(personalize, training["solutionVersionArn"])
    return {
        "solutionVersionArn": version["solutionVersionArn"],
        "status": version["status"],
        "failureReason": version.get("failureReason"),
    }


def _state(status: str, *, expired: bool) -> State:
    if status == ACTIVE:
        return "active"
    if status in CREATING:
        return "expired" if expired else "pending"
    return "failed"


def _failure_reason(version: "SolutionVersionTypeDef", state: State, timeout_seconds: int) -> str | None:
    if state == "expired":
        return f"the training was still {version['status']} after {timedelta(seconds=timeout_seconds)} (h:mm:ss)"
    if state != "failed":
        return None
    return version.get("failureReason") or f"the version is {version['status']}; Personalize gave no reason"
