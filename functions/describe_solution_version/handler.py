"""Lambda handler of describe_solution_version."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypedDict

from animal_recommender.clients import client
from animal_recommender.observability import observed
from animal_recommender.retraining.resource_status import ACTIVE, CREATING
from animal_recommender.retraining.solution_versions import describe_version


class DescribeInput(TypedDict):
    """Which version, and for how many seconds it may train."""

    solutionVersionArn: str
    timeoutSeconds: int


class Training(TypedDict):
    """How a training stands. Still pending is a state, not an error, so that errors stay a sign of trouble.

    `expired`: it is still under way, but has had its time. `failed`: it ended without a version that can serve.
    """

    state: Literal["active", "pending", "expired", "failed"]
    status: str  # Personalize's own word
    failureReason: str | None
    trainingHours: float | None  # what is billed; known once it succeeded
    minutes: float  # since it began


@observed
def handler(event: DescribeInput, context: Any) -> Training:
    """Answer how the training of a version stands."""
    version = describe_version(client("personalize"), event["solutionVersionArn"])
    return assess(version, event["timeoutSeconds"], datetime.now(UTC))


def assess(version: dict[str, Any], timeout_seconds: int, now: datetime) -> Training:
    """Judge the answer of DescribeSolutionVersion."""
    seconds = (now - version["creationDateTime"]).total_seconds()
    state = _state(version["status"], expired=seconds > timeout_seconds)
    return {
        "state": state,
        "status": version["status"],
        "failureReason": _reason(version, state, timeout_seconds),
        "trainingHours": version.get("trainingHours"),
        "minutes": round(seconds / 60, 1),
    }


def _state(status: str, *, expired: bool) -> Literal["active", "pending", "expired", "failed"]:
    if status == ACTIVE:
        return "active"
    if status in CREATING:
        return "expired" if expired else "pending"
    return "failed"


def _reason(version: dict[str, Any], state: str, timeout_seconds: int) -> str | None:
    if state == "expired":
        return f"the training was still {version['status']} after {timedelta(seconds=timeout_seconds)} (h:mm:ss)"
    if state != "failed":
        return None
    return version.get("failureReason") or f"the version is {version['status']}; Personalize gave no reason"
