"""Probes of the corrections of CloudWatch."""

from local_aws.testing.moto_probes import client, probe


@probe("cloudwatch.put_composite_alarms")
def composite_alarm_is_made() -> None:
    client("cloudwatch").put_composite_alarm(AlarmName="a", AlarmRule="ALARM(b)")


@probe("cloudwatch.keep_states")
def alarm_that_is_changed_keeps_its_state() -> None:
    cloudwatch = client("cloudwatch")
    settings = {"AlarmName": "a", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "Threshold": 1}

    def put_alarm() -> str:
        cloudwatch.put_metric_alarm(
            **settings, EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", AlarmActions=[]
        )
        return cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]["StateValue"]

    assert put_alarm() == "INSUFFICIENT_DATA"
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="r")
    assert put_alarm() == "ALARM"
