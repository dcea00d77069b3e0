"""Probes of the corrections of CloudWatch."""

from datetime import UTC, datetime, timedelta

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, probe


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


@probe("cloudwatch.aggregate_metric_data")
def data_of_one_minute_is_one_datum() -> None:
    cloudwatch = client("cloudwatch")
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    for second, value in ((5, 1.0), (59, 3.0)):
        datum = {"MetricName": "m", "Timestamp": minute + timedelta(seconds=second), "Value": value}
        cloudwatch.put_metric_data(Namespace="n", MetricData=[datum])
    within = {"StartTime": minute + timedelta(seconds=30), "EndTime": minute + timedelta(minutes=1)}
    (point,) = cloudwatch.get_metric_statistics(
        Namespace="n", MetricName="m", Period=60, Statistics=["Sum", "SampleCount", "Minimum"], **within
    )["Datapoints"]
    assert (point["Timestamp"], point["Sum"], point["SampleCount"], point["Minimum"]) == (minute, 4, 2, 1)
    stat = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Maximum"}
    (found,) = cloudwatch.get_metric_data(MetricDataQueries=[{"Id": "a", "MetricStat": stat}], **within)[
        "MetricDataResults"
    ]
    assert (found["Timestamps"], found["Values"]) == ([minute], [3.0])
    assert [metric["MetricName"] for metric in cloudwatch.list_metrics(Namespace="n")["Metrics"]] == ["m"]


@probe("cloudwatch.bound_alarm_history")
def states_of_an_alarm_are_bounded() -> None:
    from moto.cloudwatch.models import cloudwatch_backends

    client("cloudwatch").put_metric_alarm(
        **{"AlarmName": "a", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "Threshold": 1},
        **{"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"},
    )
    alarm = cloudwatch_backends[ACCOUNT][REGION].alarms["a"]
    for number in range(1001):
        alarm.update_state(str(number), "{}", "OK")
    assert len(alarm.history) == 1000
