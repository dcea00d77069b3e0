"""What an alarm's actions get told.

Source: "Notifying users on alarm changes", CloudWatch user guide.
"""

import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm

from local_aws.events.targets import TargetCall
from local_aws.iam.actors import taking

_MAXIMUM_SUBJECT = 100  # SNS


def notice(alarm: Alarm, before: str, action: str) -> TargetCall:
    """Return the delivery of an alarm's new state to one of its actions."""
    # A function is invoked by a service of its own: "Lambda function alarm actions", CloudWatch user guide.
    service = "lambda.alarms.cloudwatch" if ":lambda:" in action else "cloudwatch"
    actor = taking(None, f"{service}.amazonaws.com", alarm.alarm_arn)
    subject = f'{alarm.state_value}: "{alarm.name}" in {alarm.region_name}'[:_MAXIMUM_SUBJECT]
    options = {"Subject": subject} if ":sns:" in action else {}
    return TargetCall(alarm.alarm_arn, action, json.dumps(_message(alarm, before)), actor, actor, options=options)


def _message(alarm: Alarm, before: str) -> dict[str, Any]:
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
        "OldStateValue": before,
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
