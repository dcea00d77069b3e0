"""What each check of the health finds, in an environment in moto."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from animal_recommender.retraining import ledger
from local_aws.testing.manual_clock import ManualClock
from local_aws.testing.personalize_account import personalize_account
from scripts.common.findings import State
from scripts.operate.deployment import Deployment
from scripts.operate.health import checks
from tests.unit.scripts.fakes import FakeAws
from tests.unit.scripts.operate.conftest import PREFIX, bury, event, publish


@pytest.fixture(autouse=True)
def _names(deployment: Deployment) -> None:
    boto3.client("ssm").delete_parameter(Name="/animal-recommender/test/functions/put_events")
    publish({"functions/put_events": f"{PREFIX}-put-events:live"})


@pytest.mark.parametrize(("milliseconds", "state"), [(1_500, State.OK), (400_000, State.FAILED)])
def test_given_an_iterator_age_then_the_lag_is_told_in_seconds(
    deployment: Deployment, milliseconds: int, state: State
) -> None:
    dimensions = [{"Name": "FunctionName", "Value": f"{PREFIX}-put-events"}]
    metric = {"MetricName": "IteratorAge", "Dimensions": dimensions, "Value": milliseconds}
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/Lambda", MetricData=[{**metric, "Timestamp": datetime.now(UTC)}]
    )
    first, second = checks.check_lag(deployment)
    assert (first.subject, first.state) == ("put_events lag", state)
    assert first.detail == f"at most {milliseconds / 1000:,.1f} s in the last 15 minutes"
    assert second.detail == "no events in the last 15 minutes"


def test_given_dead_letters_then_they_are_counted_by_function(deployment: Deployment) -> None:
    bury(deployment, "put_events", {1: event(), 2: event()})
    first, second = checks.check_dead_letters(deployment)
    assert (first.state, first.detail) == (State.FAILED, "2 messages: `make dead-letters ENV=test` shows them")
    assert (second.state, second.detail) == (State.OK, "none")


def test_given_a_local_environment_then_the_link_is_that_of_its_own_console(deployment: Deployment) -> None:
    publish({"state-machine": "arn:aws:states:us-east-1:123456789012:stateMachine:test", "front-door-url": "https://a"})
    assert [link.subject for link in checks.find_links(deployment)] == ["HTTP API", "dashboard", "runs"]
    local = Deployment("local")
    local.names = {"front-door-url": "http://127.0.0.1:4566/a"}  # type: ignore[misc]
    assert [link.subject for link in checks.find_links(local)] == ["HTTP API", "console"]


def test_given_a_version_that_is_not_the_newest_and_a_pause_then_both_are_told(deployment: Deployment) -> None:
    now = datetime.now(UTC)
    with personalize_account(ManualClock(now.timestamp())) as account:
        solution = account.add_solution("recommender")
        served, _ = (account.add_version(solution, creationDateTime=now - timedelta(days=age)) for age in (3, 2.5))
        entry = ledger.first_entry(served, {}, "2026-05-20")
        publish({"campaigns/recommender": account.add_campaign("recommender", served)})
        publish({"models/recommender/ledger": ledger.dump(entry)})
        aws = FakeAws({"personalize": account.client(), "ssm": deployment.aws.client("ssm")})

        (found,) = checks.check_models(Deployment("test", aws))
        assert found.state is State.NOTE
        assert "not been the newest of its solution for 2.5 days" in found.detail
        assert "no longer learns about new animals" in found.detail

        entry["pause"] = {"when": "2026-05-20", "run": "run-1", "rejections": 3}
        ledger.write(aws.client("ssm"), "/animal-recommender/test/models/recommender/ledger", entry)
        (found,) = checks.check_models(Deployment("test", aws))
        assert found.state is State.FAILED
        assert "retraining is paused after 3 rejections" in found.detail
        assert found.remedy == "make retrain ENV=test ARGS='--model recommender'"
