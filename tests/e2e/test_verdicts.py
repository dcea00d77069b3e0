"""Verdicts on the deployed system: from exposures and events in S3 to the command, the mail and the console."""

from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from animal_recommender.experiments.subject import pseudonym
from animal_recommender.experiments.verdict import Conclusion
from scripts.operate.deployment import Deployment
from scripts.operate.experiment import choose_experiments, judge_now

NAME, DAYS, VISITORS = "newest-first", 6, 900
RATES = {"model": 0.16, "newest": 0.08}
ANIMAL = {"animal_species_id": "2", "animal_primary_breed_id": "Beagle"}


def put_lines(system: Any, table: str, at: datetime, lines: list[dict[str, Any]]) -> None:
    """Write lines as Firehose does, at the hour at which they arrived."""
    body = gzip.compress("\n".join(map(json.dumps, lines)).encode())
    key = f"{table}/{at:year=%Y/month=%m/day=%d/hour=%H}/verdicts-{at:%d}.json.gz"
    system.client("s3").put_object(Bucket=system.outputs["raw_bucket"], Key=key, Body=body)


def exposure(session: str, arm: str, at: datetime) -> dict[str, Any]:
    """The line of a visitor's exposure."""
    line = {"exposureId": session, "time": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}", "experiment": NAME, "arm": arm}
    line |= {"function": "recommend", "visitor": pseudonym(f"session#{session}")}
    return line | ({"model": "recommender", "recommendationId": f"RID-{session}"} if arm == "model" else {})


@pytest.fixture(scope="module")
def visitors(system: Any) -> Any:
    """Visitors of the last days, of whom twice as many apply if they see what the model shows."""
    chance, today = random.Random(17), datetime.now(UTC)
    for number in range(DAYS):
        at = today - timedelta(days=DAYS - 1 - number, minutes=30)
        arms = {f"verdict-{number}-{one}": chance.choice(sorted(RATES)) for one in range(VISITORS)}
        applied = [session for session, arm in arms.items() if chance.random() < RATES[arm]]
        put_lines(system, "exposures", at, [exposure(session, arm, at) for session, arm in arms.items()])
        later = (at + timedelta(minutes=9)).timestamp()
        common = {"eventType": "Application", "animalMetadata": ANIMAL, "timestamp": later}
        put_lines(
            system, "events", at, [{"sessionId": one, "recommendationId": f"RID-{one}"} | common for one in applied]
        )
    return system


def find_document(system: Any) -> dict[str, Any] | None:
    """The verdict that the function wrote, as the console reads it."""
    documents = system._local("documents?prefix=experiments/&suffix=/verdict.json")["documents"]
    return next((one["document"] for one in documents if one["document"]["experiment"] == NAME), None)


def test_given_visitors_who_prefer_the_model_when_judged_then_command_function_and_mail_say_so(visitors, wait_for):
    deployment = Deployment("local")
    (experiment,) = choose_experiments(deployment, NAME)
    verdict = judge_now(deployment, experiment, datetime.now(UTC).date())
    assert (verdict.conclusion, verdict.winner) == (Conclusion.BETTER, "model")

    visitors.subscribe_operator()
    visitors.fire("local-animal-recommender-judge-experiments")
    document = wait_for(lambda: find_document(visitors))

    assert (document["conclusion"], document["winner"]) == ("better", "model")
    known = {arm["name"]: arm["visitors"] for arm in document["arms"]}
    assert known["model"] >= verdict.tallies["model"].visitors
    (mail,) = wait_for(lambda: [one for one in visitors.mails() if f"experiment {NAME} better" in one["subject"]])
    assert "model is better than newest" in mail["body"]
    assert "Give the arm model a greater share" in mail["body"]


def test_given_a_verdict_that_was_mailed_when_judged_again_then_there_is_no_second_mail(visitors, wait_for):
    for _ in range(2):
        assert visitors.invoke("judge_experiments", {}) == ({NAME: "better"}, None)
    assert len([one for one in visitors.mails() if f"experiment {NAME} better" in one["subject"]]) == 1
