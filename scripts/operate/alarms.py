"""The alarms of a deployed environment: whether somebody would be told, and which have gone off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scripts.common.findings import Finding, State
from scripts.common.terminal import plural
from scripts.operate.deployment import Deployment

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import MetricAlarmTypeDef


def check_alarms(deployment: Deployment) -> Iterator[Finding]:
    """Find alarms that tell nobody, and alarms that have gone off."""
    alarms = _list_alarms(deployment)
    if not alarms:
        yield Finding("alarms", State.NOTE, "there are none: alarms.enabled is false")
        return
    found = [*_find_silent(deployment, alarms), *_find_raised(deployment, alarms)]
    yield from found
    if not found:
        yield Finding("alarms", State.OK, f"{plural(len(alarms), 'alarm')}, none has gone off")


def _list_alarms(deployment: Deployment) -> list[MetricAlarmTypeDef]:
    pages = (
        deployment.aws.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=f"{deployment.prefix}-", AlarmTypes=["MetricAlarm"])
    )
    return [alarm for page in pages for alarm in page["MetricAlarms"]]


def _find_silent(deployment: Deployment, alarms: list[MetricAlarmTypeDef]) -> Iterator[Finding]:
    """Find the alarms whose actions are off, or that do not publish to the topic of the environment."""
    topic = deployment.name("topic")
    for alarm in alarms:
        if not alarm["ActionsEnabled"] or topic not in alarm["AlarmActions"]:
            yield Finding(
                "alarm",
                State.FAILED,
                f"{_noun(deployment, alarm)} sends no mail: its actions are off or were changed",
                f"make apply ENV={deployment.environment}",
            )


def _find_raised(deployment: Deployment, alarms: list[MetricAlarmTypeDef]) -> Iterator[Finding]:
    now = datetime.now(UTC)
    for alarm in alarms:
        if alarm["StateValue"] == "ALARM":
            since = f"{alarm['StateUpdatedTimestamp']:%Y-%m-%d %H:%M}"
            text = f"{_noun(deployment, alarm)} since {since}: {alarm.get('AlarmDescription', '')}"
            if _watches_too_shortly(alarm, now):
                remedy = "nothing yet: it waits for the first data, and has not existed for as long as it looks back"
                yield Finding("alarm", State.NOTE, text, remedy)
            else:
                yield Finding("alarm", State.FAILED, text)


def _watches_too_shortly(alarm: MetricAlarmTypeDef, now: datetime) -> bool:
    """Return whether an alarm for which missing data is bad is younger than the time that it looks back on.

    It goes off at once after the first apply: nothing was retrained or asked before that.
    """
    looks_back = timedelta(seconds=alarm.get("Period", 0) * alarm["EvaluationPeriods"])
    return (
        alarm.get("TreatMissingData") == "breaching" and now - alarm["AlarmConfigurationUpdatedTimestamp"] < looks_back
    )


def _noun(deployment: Deployment, alarm: MetricAlarmTypeDef) -> str:
    return alarm["AlarmName"].removeprefix(f"{deployment.prefix}-")
