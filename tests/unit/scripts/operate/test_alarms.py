"""Alarms that tell nobody, and alarms that have gone off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from scripts.common.findings import State
from scripts.operate.alarms import check_alarms
from scripts.operate.deployment import Deployment
from tests.unit.scripts.operate.conftest import PREFIX, publish

TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"


@pytest.fixture(autouse=True)
def _names(deployment: Deployment) -> None:
    boto3.client("ssm").delete_parameter(Name="/animal-recommender/test/functions/put_events")
    publish({"functions/put_events": f"{PREFIX}-put-events:live", "topic": TOPIC})


def put_alarm(name: str, state: str, **settings: Any) -> None:
    cloudwatch = boto3.client("cloudwatch")
    usual = {"AlarmActions": [TOPIC], "Period": 300, "EvaluationPeriods": 1}
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmDescription="Look into the log.",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        **(usual | settings),
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


def test_given_alarms_then_those_of_this_environment_that_went_off_are_named(deployment: Deployment) -> None:
    put_alarm(f"{PREFIX}-rerank-errors", "OK")
    put_alarm("another-errors", "ALARM")
    (found,) = check_alarms(deployment)
    assert (found.state, found.detail) == (State.OK, "1 alarm, none has gone off")

    put_alarm(f"{PREFIX}-recommend-errors", "ALARM")
    (found,) = check_alarms(deployment)
    assert found.state is State.FAILED
    assert found.detail.startswith("recommend-errors since ")
    assert found.detail.endswith(": Look into the log.")


def test_given_no_alarms_then_that_is_said(deployment: Deployment) -> None:
    (found,) = check_alarms(deployment)
    assert found.state is State.NOTE


@pytest.mark.parametrize("settings", [{"ActionsEnabled": False}, {"AlarmActions": []}])
def test_given_an_alarm_that_tells_nobody_then_it_fails(deployment: Deployment, settings: dict[str, Any]) -> None:
    put_alarm(f"{PREFIX}-rerank-errors", "OK", **settings)
    (found,) = check_alarms(deployment)
    assert (found.state, found.remedy) == (State.FAILED, "make apply ENV=test")
    assert found.detail.startswith("rerank-errors sends no mail")


@pytest.mark.parametrize(
    ("hours", "missing", "state"),
    [(1, "breaching", State.NOTE), (49, "breaching", State.FAILED), (1, "notBreaching", State.FAILED)],
)
def test_given_an_alarm_that_waits_for_first_data_then_it_is_a_note_until_it_has_existed_for_its_time(
    deployment: Deployment, hours: int, missing: str, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_alarm(f"{PREFIX}-idle", "ALARM", Period=86_400, EvaluationPeriods=2, TreatMissingData=missing)
    later = datetime.now(UTC) + timedelta(hours=hours)
    monkeypatch.setattr("scripts.operate.alarms.datetime", type("Later", (), {"now": staticmethod(lambda _: later)}))
    (found,) = check_alarms(deployment)
    assert found.state is state
