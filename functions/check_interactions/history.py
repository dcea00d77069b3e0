"""What was trained before: the last version, one in training now, and the hours of this month."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from animal_recommender.retraining.resource_status import ACTIVE, CREATING
from animal_recommender.retraining.solution_versions import created_since, describe_version, list_versions


@dataclass(frozen=True)
class TrainingHistory:
    """Trainings of one solution. Hours are those that Personalize bills, not those of the clock."""

    last_trained: datetime | None  # when the newest ACTIVE version was begun: it has learned all that came before
    last_hours: float
    month_hours: float  # of the calendar month (UTC)
    in_training: str | None  # ARN of a version that is being trained now


def read_history(personalize: Any, solution_arn: str, now: datetime) -> TrainingHistory:
    """Read the history of a solution; `now` is an aware UTC time."""
    versions = list_versions(personalize, solution_arn)
    trained = [version for version in versions if version["status"] == ACTIVE]
    month = created_since(trained, now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    in_training = (version["solutionVersionArn"] for version in versions if version["status"] in CREATING)
    return TrainingHistory(
        last_trained=trained[0]["creationDateTime"] if trained else None,
        last_hours=sum(_hours(personalize, version) for version in trained[:1]),
        month_hours=sum(_hours(personalize, version) for version in month),
        in_training=next(in_training, None),
    )


def _hours(personalize: Any, version: dict[str, Any]) -> float:
    return describe_version(personalize, version["solutionVersionArn"]).get("trainingHours") or 0.0
