"""The state of an alarm: the datapoints of its last periods, compared with its threshold.

Source: "Using Amazon CloudWatch alarms" and "Configuring how CloudWatch alarms treat missing data", user guide. As
there, the last period ends with the current minute.
"""

import operator
from collections.abc import Sequence

from moto.cloudwatch.models import Alarm

from local_aws.cloudwatch.datapoints import MINUTE, Metric, MetricData
from local_aws.cloudwatch.documented_statistics import is_documented
from local_aws.cloudwatch.metric_math import UnsupportedAlarmError, evaluate_expression

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

_COMPARISONS = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
_MISSING_IS_BREACHING = {"breaching": True, "notBreaching": False}


def datapoints(alarm: Alarm, data: MetricData, now: float) -> list[float | None]:
    """Return the value of each period of an alarm, newest first; None for a period without data.

    Raises:
        UnsupportedAlarmError: the alarm is not on one metric or on arithmetic with metrics.
    """
    if alarm.rule or alarm.comparison_operator not in _COMPARISONS:
        raise UnsupportedAlarmError("a rule of other alarms" if alarm.rule else str(alarm.comparison_operator))
    return [_value(alarm, data, now, back) for back in range(int(alarm.evaluation_periods))]


def evaluate_alarm(alarm: Alarm, values: Sequence[float | None]) -> tuple[str, str]:
    """Return the state of an alarm with these datapoints, and the reason as text."""
    compare, words = _COMPARISONS[alarm.comparison_operator]
    known = [value for value in values if value is not None]
    missing = alarm.treat_missing_data or "missing"
    if not known and missing not in _MISSING_IS_BREACHING:
        state = alarm.state_value if missing == "ignore" else INSUFFICIENT_DATA
        return state, f"Insufficient Data: no datapoints were received for {_count(values, 'period')}."
    crossed = [value for value in known if compare(value, float(alarm.threshold))]
    filled = (len(values) - len(known)) * _MISSING_IS_BREACHING.get(missing, False)
    state = ALARM if len(crossed) + filled >= int(alarm.datapoints_to_alarm or alarm.evaluation_periods) else OK
    if not known:
        treated = "Breaching" if _MISSING_IS_BREACHING[missing] else "NonBreaching"
        return state, f"Threshold Crossed: {_count(values, 'missing datapoint')} treated as [{treated}]."
    shown = ", ".join(f"{value:g}" for value in known)
    count, verb = (len(crossed), "crossed") if state == ALARM else (len(known) - len(crossed), "did not cross")
    which = f"{count} of the last {_count(values, 'datapoint')} [{shown}]"
    return state, f"Threshold Crossed: {which} {verb} the threshold: {words} {float(alarm.threshold):g}."


def _value(alarm: Alarm, data: MetricData, now: float, back: int) -> float | None:
    if not alarm.metric_data_queries:
        metric = Metric.of(alarm.namespace, alarm.metric_name, alarm.dimensions)
        return _statistic(data, metric, alarm.extended_statistic or alarm.statistic, int(alarm.period), now, back)
    values: dict[str, float | None] = {}
    periods: dict[str, int] = {}
    for query in alarm.metric_data_queries:
        if stat := query.metric_stat:
            metric = Metric.of(stat.metric.namespace, stat.metric.metric_name, stat.metric.dimensions)
            periods[query.id] = int(stat.period)
            values[query.id] = _statistic(data, metric, stat.stat, int(stat.period), now, back)
    returned = next(one for one in alarm.metric_data_queries if str(one.return_data).lower() != "false")
    return evaluate_expression(returned.expression, values, periods) if returned.expression else values[returned.id]


def _statistic(data: MetricData, metric: Metric, statistic: str, period: int, now: float, back: int) -> float | None:
    if not is_documented(metric.namespace, metric.name, statistic):
        return None
    length = max(1, period // MINUTE)
    after = int(now // MINUTE) + 1 - back * length
    return data.statistic(statistic, metric, after - length, after)


def _count(values: Sequence[object], noun: str) -> str:
    return f"{len(values)} {noun}{'s' if len(values) > 1 else ''}"
