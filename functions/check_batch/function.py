"""The function check_batch: tells CloudWatch whether the newest batch has failed. Personalize itself tells nobody."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from animal_recommender.batch_jobs import find_newest_job
from animal_recommender.observability import Handler, add_count_metric, instrument, logger
from animal_recommender.retraining.resource_status import CREATE_FAILED

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient


@dataclass(frozen=True)
class Settings:
    """Environment variables: jobs of this deployment have names that begin with JOB_PREFIX."""

    job_prefix: str


class Checked(TypedDict):
    """The newest job; None if there was none."""

    jobArn: str | None
    status: str | None
    failureReason: str | None


def make_handler(settings: Settings, *, personalize: "PersonalizeClient") -> Handler[Any, Checked]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Checked:
        """Record the metric BatchFailed: 1 as long as the newest job has failed, else 0."""
        job = find_newest_job(personalize, settings.job_prefix)
        status, reason = (job["status"], job.get("failureReason")) if job else (None, None)
        add_count_metric("BatchFailed", status == CREATE_FAILED)
        logger.info("batch checked", extra={"status": status, "reason": reason})
        return {"jobArn": job["batchInferenceJobArn"] if job else None, "status": status, "failureReason": reason}

    return handle
