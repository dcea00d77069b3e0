"""The function start_batch: starts a job that writes recommendations for many users to S3."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict

from animal_recommender.batch_jobs import FOLDER, INPUT, OUTPUT
from animal_recommender.observability import Handler, add_count_metric, instrument, logger
from animal_recommender.retraining.campaign_status import served_version
from start_batch.users import BatchRequest, input_file, parse_request, users_of_file, users_of_history

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import CreateBatchInferenceJobRequestTypeDef
    from types_boto3_s3 import S3Client


@dataclass(frozen=True)
class Settings:
    """Environment variables.

    CAMPAIGN_ARN is the campaign whose version makes the recommendations, ROLE_ARN the role of Personalize. A job gets
    the name JOB_PREFIX and the time of its start. RESULTS are the groups for each user. FILTER_ARN may be empty.
    """

    campaign_arn: str
    history_table: str
    bucket: str
    role_arn: str
    job_prefix: str
    results: int
    filter_arn: str = ""


class Started(TypedDict):
    """The job, for how many users it is, and where its output will be. No job is started for nobody."""

    jobArn: str | None
    users: int
    output: str | None


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeClient",
    dynamodb: "DynamoDBClient",
    s3: "S3Client",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Handler[Any, Started]:
    """Return the Lambda handler."""

    def read_users(request: BatchRequest) -> Iterable[str]:
        if request.users:
            return request.users
        if request.key:
            return users_of_file(s3.get_object(Bucket=settings.bucket, Key=request.key)["Body"].read())
        return users_of_history(dynamodb, settings.history_table)

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Started:
        """Start the job."""
        content, count = input_file(read_users(parse_request(event)))
        add_count_metric("BatchUsers", count)
        if not count:
            return {"jobArn": None, "users": 0, "output": None}
        name = f"{settings.job_prefix}{now():%Y%m%d-%H%M%S-%f}"
        folder = f"{FOLDER}/{name}"
        s3.put_object(Bucket=settings.bucket, Key=f"{folder}/{INPUT}", Body=content, ContentType="application/json")
        version = served_version(personalize.describe_campaign(campaignArn=settings.campaign_arn)["campaign"])
        job = personalize.create_batch_inference_job(**_job(settings, name, folder, version))["batchInferenceJobArn"]
        logger.info("batch started", extra={"job": job, "users": count})
        return {"jobArn": job, "users": count, "output": f"s3://{settings.bucket}/{folder}/{OUTPUT}"}

    return handle


def _job(settings: Settings, name: str, folder: str, version: str) -> "CreateBatchInferenceJobRequestTypeDef":
    place = f"s3://{settings.bucket}/{folder}/"
    job: CreateBatchInferenceJobRequestTypeDef = {
        "jobName": name,
        "solutionVersionArn": version,
        "numResults": settings.results,
        "jobInput": {"s3DataSource": {"path": f"{place}{INPUT}"}},
        "jobOutput": {"s3DataDestination": {"path": place}},
        "roleArn": settings.role_arn,
    }
    if settings.filter_arn:
        job["filterArn"] = settings.filter_arn
    return job
