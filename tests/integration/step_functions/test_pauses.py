"""After three rejections in a row scheduled runs leave a model out, until a run by hand promotes a version."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.integration.step_functions.stack import PREFIX, UNREACHABLE, Stack

REJECTED: dict[str, Any] = {"only": ["reranker"], "models": {"reranker": UNREACHABLE}}


def test_given_three_rejections_when_the_schedule_goes_on_then_the_model_is_paused_until_a_run_by_hand_promotes(
    stack: Stack,
) -> None:
    # Given a model whose versions are rejected three times
    stack.forget_rejections("reranker")
    served, began = stack.serves("reranker"), datetime.now(UTC)
    outcomes = [stack.run(**REJECTED, scheduled=True)["reranker"] for _ in range(3)]
    # then its ledger has a pause, and the last of the mails says so
    assert [outcome["outcome"] for outcome in outcomes] == ["rejected"] * 3
    assert [bool(outcome["pause"]) for outcome in outcomes] == [False, False, True]
    assert stack.ledger("reranker")["pause"]["run"] == outcomes[2]["run"]
    assert ["PAUSED after 3 rejections" in mail["Subject"] for mail in stack.mails(3)].count(True) == 1
    # and the version that serves is not the newest any more.
    assert stack.serves("reranker") == served
    assert outcomes[2]["standing"]["newestSolutionVersionArn"] == outcomes[2]["solutionVersionArn"]
    assert outcomes[2]["standing"]["learnsNewAnimals"] is None  # a ranking recipe has no automatic updates
    assert days_not_newest(stack, began) > 0

    # When the schedule starts a run, then it trains nothing.
    count = len(stack.statuses("reranker"))
    skipped = stack.run(only=["reranker"], scheduled=True)["reranker"]
    assert skipped["outcome"] == "skipped"
    assert skipped["reason"].startswith("paused after 3 rejections, since ")
    assert len(stack.statuses("reranker")) == count
    assert "PAUSED after 3 rejections" in stack.script("models").stdout

    # When somebody starts a run that is rejected again, then the pause stays;
    assert stack.run(**REJECTED)["reranker"]["outcome"] == "rejected"
    assert stack.run(only=["reranker"], scheduled=True)["reranker"]["outcome"] == "skipped"
    # one whose version is promoted ends it.
    assert stack.run(only=["reranker"])["reranker"]["outcome"] == "promoted"
    assert stack.ledger("reranker").keys() & {"pause", "rejections"} == set()
    assert stack.run(only=["reranker"], scheduled=True)["reranker"]["outcome"] == "promoted"
    stack.mails(5)


def days_not_newest(stack: Stack, since: datetime) -> float:
    """Return the highest value of the metric DaysNotNewest of the re-ranker."""

    def read() -> list[float]:
        points = stack.client("cloudwatch").get_metric_statistics(
            Namespace="AnimalRecommender",
            MetricName="DaysNotNewest",
            Dimensions=[
                {"Name": "service", "Value": f"{PREFIX}-report-outcome"},
                {"Name": "model", "Value": "reranker"},
            ],
            StartTime=since - timedelta(minutes=2),
            EndTime=datetime.now(UTC) + timedelta(minutes=2),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return [point["Maximum"] for point in points]

    return max(stack.until(read, "the metric has no data"))
