"""Lambda handler of verify_campaign."""

import json
import os
from datetime import UTC, datetime
from typing import Any, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from animal_recommender.clients import client
from animal_recommender.observability import logger, observed
from animal_recommender.popular_list import popular_list
from animal_recommender.retraining.run_state import Model
from verify_campaign.canary import Probe, problems, rankings, recommendations

_SHOWN = 3  # of each answer, in the outcome


class VerifyInput(TypedDict):
    """The model whose campaign now serves a new version."""

    model: Model


class Check(TypedDict):
    """One question of the canary: what was asked, what was wrong (empty: nothing), the first items of the answer."""

    asked: str
    problem: str
    first: list[str]


class Canary(TypedDict):
    """Whether the campaign answers sensibly."""

    healthy: bool
    reason: str
    checks: list[Check]


@observed
def handler(event: VerifyInput, context: Any) -> Canary:
    """Ask the campaign as an app would. Of a healthy one, keep the stranger's answer as the popular list.

    Settings: FALLBACK_BUCKET and FALLBACK_KEY, where the function recommend looks when Personalize does not answer,
    and FALLBACK_CAMPAIGN_ARN, the campaign whose popular list that is.
    """
    model, runtime = event["model"], client("personalize-runtime")
    probes = rankings(runtime, model) if model["kind"] == "ranking" else recommendations(runtime, model)
    wrong = problems(probes)
    if model["campaignArn"] == os.environ["FALLBACK_CAMPAIGN_ARN"] and not wrong:
        _keep_popular(model, probes[-1])
    logger.info("verified", extra={"model": model["name"], "healthy": not wrong, "problems": wrong})
    return {
        "healthy": not wrong,
        "reason": "; ".join(wrong) or f"{len(probes)} of {len(probes)} test questions were answered sensibly",
        "checks": [_shown(probe) for probe in probes],
    }


def _shown(probe: Probe) -> Check:
    return {"asked": probe["asked"], "problem": probe["problem"], "first": probe["answer"][:_SHOWN]}


def _keep_popular(model: Model, stranger: Probe) -> None:
    body = {
        "storedAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "campaignArn": model["campaignArn"],
        **popular_list(stranger["answer"]),
    }
    try:
        _put(json.dumps(body).encode())
    except (BotoCoreError, ClientError):
        # The list of the last promotion is still there: no reason to take a healthy model down.
        logger.exception("the popular list could not be stored")


def _put(body: bytes) -> None:
    client("s3").put_object(
        Bucket=os.environ["FALLBACK_BUCKET"],
        Key=os.environ["FALLBACK_KEY"],
        Body=body,
        ContentType="application/json",
    )
