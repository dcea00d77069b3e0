"""The state of an alarm, by its datapoints."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from moto.cloudwatch.models import Alarm, CloudWatchBackend

from local_aws.cloudwatch.alarm_evaluation import datapoints, evaluate_alarm
from local_aws.cloudwatch.datapoints import MetricData, metric_data

NOW = 1_700_000_060.0  # twenty seconds into a minute
FUNCTION = [{"Name": "FunctionName", "Value": "f"}]


@pytest.fixture
def backend() -> CloudWatchBackend:
    backend: Any = CloudWatchBackend("us-east-1", "123456789012")
    backend.metric_data = MetricData()
    return backend


def measure(backend: CloudWatchBackend, ago: float, **what: Any) -> None:
    time = datetime.fromtimestamp(NOW - ago, UTC).replace(tzinfo=None)
    backend.put_metric_data("n", [{"MetricName": "m", "Dimensions": FUNCTION, "Timestamp": time, **what}])


def make_alarm(backend: CloudWatchBackend, **settings: Any) -> Alarm:
    usual = {"namespace": "n", "metric_name": "m", "dimensions": FUNCTION, "statistic": "Sum", "period": 60}
    usual |= {"comparison_operator": "GreaterThanThreshold", "evaluation_periods": 1, "threshold": 1.0}
    return backend.put_metric_alarm(name="a", **{**usual, "description": "", "alarm_actions": [], **settings})


def state(backend: CloudWatchBackend, alarm: Alarm) -> str:
    readings = metric_data(backend)
    return evaluate_alarm(alarm, datapoints(alarm, readings, NOW))[0]


def test_given_values_then_periods_end_with_the_current_minute(backend: CloudWatchBackend) -> None:
    for ago, value in ((5, 2.0), (10, 3.0), (70, 7.0), (3600, 100.0)):
        measure(backend, ago, Value=value)
    readings, alarm = metric_data(backend), make_alarm(backend, evaluation_periods=3)
    assert datapoints(alarm, readings, NOW) == [5.0, 7.0, None]
    measure(backend, 1, Value=1.0)
    assert datapoints(alarm, readings, NOW)[0] == 6.0, "each datum counts once"


def test_statistics_that_a_caller_had_made_count_too(backend: CloudWatchBackend) -> None:
    measure(backend, 0, StatisticValues={"SampleCount": 3, "Sum": 9, "Minimum": 1, "Maximum": 5})
    assert state(backend, make_alarm(backend, threshold=8)) == "ALARM"
    assert state(backend, make_alarm(backend, statistic="Maximum", threshold=5)) == "OK"


def test_another_dimension_is_another_metric(backend: CloudWatchBackend) -> None:
    measure(backend, 0, Value=5.0, Dimensions=[{"Name": "FunctionName", "Value": "g"}])
    measure(backend, 0, Value=5.0, Dimensions=[])
    assert state(backend, make_alarm(backend, treat_missing_data="notBreaching")) == "OK"


@pytest.mark.parametrize(
    ("comparison", "states"),
    [
        ("GreaterThanThreshold", ["OK", "OK", "ALARM"]),
        ("GreaterThanOrEqualToThreshold", ["OK", "ALARM", "ALARM"]),
        ("LessThanThreshold", ["ALARM", "OK", "OK"]),
        ("LessThanOrEqualToThreshold", ["ALARM", "ALARM", "OK"]),
    ],
)
def test_every_comparison(backend: CloudWatchBackend, comparison: str, states: list[str]) -> None:
    alarm = make_alarm(backend, comparison_operator=comparison, threshold=2.0)
    assert [evaluate_alarm(alarm, [value])[0] for value in (1.0, 2.0, 3.0)] == states


@pytest.mark.parametrize(
    ("missing", "states"),
    [
        ("missing", ["INSUFFICIENT_DATA", "OK", "ALARM"]),
        ("ignore", ["OK", "OK", "ALARM"]),
        ("breaching", ["ALARM", "ALARM", "ALARM"]),
        ("notBreaching", ["OK", "OK", "ALARM"]),
    ],
)
def test_every_treatment_of_missing_data(backend: CloudWatchBackend, missing: str, states: list[str]) -> None:
    alarm = make_alarm(backend, evaluation_periods=3, datapoints_to_alarm=2, treat_missing_data=missing)
    given: list[list[float | None]] = [[None, None, None], [None, 5.0, None], [5.0, None, 5.0]]
    assert [evaluate_alarm(alarm, values)[0] for values in given] == states


def test_what_is_ignored_changes_nothing(backend: CloudWatchBackend) -> None:
    alarm = make_alarm(backend, treat_missing_data="ignore")
    alarm.state_value = "ALARM"
    assert evaluate_alarm(alarm, [None])[0] == "ALARM"


def test_the_reason_says_what_crossed_what(backend: CloudWatchBackend) -> None:
    alarm = make_alarm(backend, evaluation_periods=3, datapoints_to_alarm=2)
    reason = evaluate_alarm(alarm, [5.0, 0.0, 3.5])[1]
    assert reason == (
        "Threshold Crossed: 2 of the last 3 datapoints [5, 0, 3.5] crossed the threshold: greater than 1."
    )


def test_judging_never_fails_on_any_mix_of_data(backend: CloudWatchBackend) -> None:
    treatments = (None, "missing", "ignore", "breaching", "notBreaching")
    for missing, values in itertools.product(treatments, itertools.product([None, 0.0, 5.0], repeat=3)):
        found, reason = evaluate_alarm(make_alarm(backend, evaluation_periods=3, treat_missing_data=missing), values)
        assert found in ("OK", "ALARM", "INSUFFICIENT_DATA")
        assert reason
