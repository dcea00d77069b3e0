"""The actions of an alarm: the message that each gets.

Source: "Notifying users on alarm changes", CloudWatch user guide.
"""

import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm

from local_aws.events.targets import TargetInvocation
from local_aws.iam.actors import service_principal

_MAXIMUM_SUBJECT = 100  # SNS


def alarm_notification(alarm: Alarm, old_state: str, action: str) -> TargetInvocation:
    """Return the invocation of one action for an alarm's new state."""
    # A function is invoked by another service principal: "Lambda function alarm actions", CloudWatch user guide.
    service = "lambda.alarms.cloudwatch" if ":lambda:" in action else "cloudwatch"
    actor = service_principal(f"{service}.amazonaws.com", alarm.alarm_arn)
    subject = f'{alarm.state_value}: "{alarm.name}" in {alarm.region_name}'[:_MAXIMUM_SUBJECT]
    options = {"Subject": subject} if ":sns:" in action else {}
    return TargetInvocation(
        alarm.alarm_arn, action, json.dumps(_message(alarm, old_state)), actor, actor, options=options
    )


def _message(alarm: Alarm, old_state: str) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": alarm.alarm_arn.split(":")[4],
        "AlarmConfigurationUpdatedTimestamp": _time(alarm.configuration_updated_timestamp),
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": _time(alarm.state_updated_timestamp),
        "Region": alarm.region_name,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": old_state,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": _trigger(alarm),
    }


def _trigger(alarm: Alarm) -> dict[str, Any]:
    kind = "ExtendedStatistic" if alarm.extended_statistic else "Statistic"
    metric = {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "StatisticType": kind,
        kind: alarm.extended_statistic or alarm.statistic,
        "Dimensions": [{"name": one.name, "value": one.value} for one in alarm.dimensions],
        "Period": alarm.period,
    }
    expressions = [query.expression for query in alarm.metric_data_queries if query.expression]
    return {
        **(metric if alarm.metric_name else {"Metrics": [{"Expression": one} for one in expressions]}),
        "EvaluationPeriods": alarm.evaluation_periods,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "missing",
    }


def _time(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
