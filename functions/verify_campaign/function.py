"""The function verify_campaign: whether a campaign's responses are plausible."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from animal_recommender.aws_errors import AwsError
from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.popular_list import popular_list
from animal_recommender.retraining.run_state import Model
from verify_campaign.canary import Probe, probe_rankings, probe_recommendations, probe_similar_items, problems

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_s3 import S3Client

_PROBES = {"ranking": probe_rankings, "similar": probe_similar_items}  # of the other kinds: probe_recommendations
_SHOWN_ITEMS = 3  # of each response, in the outcome


@dataclass(frozen=True)
class Settings:
    """Environment variables.

    FALLBACK_BUCKET and FALLBACK_KEY are the place of the popular list, which the function recommend reads while
    Personalize does not answer. FALLBACK_CAMPAIGN_ARN is the campaign whose recommendations are that list.
    """

    fallback_bucket: str
    fallback_key: str
    fallback_campaign_arn: str


class VerifyInput(TypedDict):
    """The model whose campaign now serves a new version."""

    model: Model


class Check(TypedDict):
    """One request of the canary, what is wrong with the response (empty: nothing), and its first items."""

    asked: str
    problem: str
    first: list[str]


class Canary(TypedDict):
    """Whether all responses of the campaign are plausible."""

    healthy: bool
    reason: str
    checks: list[Check]


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeRuntimeClient",
    s3: "S3Client",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Handler[VerifyInput, Canary]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: VerifyInput, context: "LambdaContext") -> Canary:
        """Check the campaign. If it is healthy, store the recommendations for an unknown user as the popular list."""
        model = event["model"]
        probes = _PROBES.get(model["kind"], probe_recommendations)(personalize, model)
        wrong = problems(probes)
        if model["campaignArn"] == settings.fallback_campaign_arn and not wrong:
            _store_popular_list(s3, settings, _document(model, probes[-1], now()))
        logger.info("verified", extra={"model": model["name"], "healthy": not wrong, "problems": wrong})
        return {
            "healthy": not wrong,
            "reason": "; ".join(wrong) or f"{len(probes)} of {len(probes)} test requests passed",
            "checks": [_check(probe) for probe in probes],
        }

    return handle


def _check(probe: Probe) -> Check:
    return {"asked": probe["asked"], "problem": probe["problem"], "first": probe["items"][:_SHOWN_ITEMS]}


def _document(model: Model, unknown_user: Probe, now: datetime) -> bytes:
    document = {
        "storedAt": now.isoformat(timespec="seconds"),
        "campaignArn": model["campaignArn"],
        **popular_list(unknown_user["items"]),
    }
    return json.dumps(document).encode()


def _store_popular_list(s3: "S3Client", settings: Settings, body: bytes) -> None:
    try:
        s3.put_object(
            Bucket=settings.fallback_bucket, Key=settings.fallback_key, Body=body, ContentType="application/json"
        )
    except AwsError:
        # The list of the last promotion is still there, so the healthy model can stay.
        logger.exception("the popular list could not be stored")
