"""The trainings of a solution so far: the last one, one in progress, and the hours of this month."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from animal_recommender.retraining.resource_status import ACTIVE, CREATING
from animal_recommender.retraining.solution_versions import created_since, describe_version, list_versions

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import SolutionVersionSummaryTypeDef


@dataclass(frozen=True)
class TrainingHistory:
    """Trainings of one solution. Hours are the hours that Personalize bills, not the time that passed."""

    last_trained: datetime | None  # when the training of the newest ACTIVE version began: it used all data until then
    last_hours: float
    month_hours: float  # of the calendar month (UTC)
    in_training: str | None  # ARN of the version that is being trained


def read_training_history(personalize: "PersonalizeClient", solution_arn: str, now: datetime) -> TrainingHistory:
    """Read the history of a solution. `now` is in UTC and has its zone."""
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


def _hours(personalize: "PersonalizeClient", version: "SolutionVersionSummaryTypeDef") -> float:
    return describe_version(personalize, version["solutionVersionArn"]).get("trainingHours") or 0.0
