"""Metric math: arithmetic with metrics."""

import pytest

from local_aws.cloudwatch.metric_math import UnsupportedAlarmError, evaluate_expression


def test_arithmetic_of_metrics() -> None:
    values, periods = {"requests": 600.0, "none": None}, {"requests": 300}
    assert evaluate_expression("100 * requests / PERIOD(requests) / 4", values, periods) == 50.0
    assert evaluate_expression("-(requests - 1.5) + 2", values, periods) == -596.5
    assert evaluate_expression("requests + none", values, periods) is None
    assert evaluate_expression("requests / 0", values, periods) is None


def test_given_a_sum_of_metrics_then_one_without_data_is_left_out() -> None:
    values = {"requests": 600.0, "more": 1.0, "none": None}
    assert evaluate_expression("SUM([requests, none, more])", values, {}) == 601.0
    assert evaluate_expression("SUM([none])", values, {}) is None


@pytest.mark.parametrize("expression", ["ANOMALY_DETECTION_BAND(m)", "SUM(METRICS())", "requests **", "other", "'a'"])
def test_given_more_than_arithmetic_then_it_is_said(expression: str) -> None:
    with pytest.raises(UnsupportedAlarmError):
        evaluate_expression(expression, {"requests": 1.0}, {})
