"""What CloudWatch and the queries say of a function and an arm, before and since the arm's share was raised."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from animal_recommender.experiments.counting import LOST_METRIC, Ask, first_day, read_counts
from animal_recommender.experiments.counts import Answers
from animal_recommender.experiments.definition import Experiment
from animal_recommender.experiments.share_ledger import Ledger
from animal_recommender.experiments.statistics import difference_interval
from animal_recommender.experiments.verdict import ALPHA
from judge_experiments.services import Services
from judge_experiments.steps import Watch, find_raised_arm, find_raising

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import DimensionTypeDef

_DAY = 86_400


def count_lost(services: Services, function: str, experiment: Experiment, now: datetime) -> int:
    """Return how many exposures the function could not record since the first day of the experiment."""
    start = datetime.combine(first_day(experiment, now.date()), datetime.min.time(), UTC)
    dimension: DimensionTypeDef = {"Name": "service", "Value": function}
    return round(_read(services, "AnimalRecommender", LOST_METRIC, dimension, start, now, "Sum") or 0)


def watch_since(
    services: Services, function: str, experiment: Experiment, ledger: Ledger, ask: Ask, now: datetime
) -> Watch | None:
    """Return what happened since the newest step that raised a share, None if there is none."""
    raised = find_raising(ledger)
    if raised is None:
        return None
    arm = find_raised_arm(ledger)
    since = datetime.fromisoformat(raised.when)
    recent = experiment._replace(start_date=since.date() + timedelta(1))  # the first whole day
    counts = read_counts(recent, now.date(), ask, 0)
    answers = counts.answers.get(arm, Answers(0, 0))
    pairs = counts.pairs(experiment.control, arm, experiment.primary_outcome, now.date())
    return Watch(
        errors=_error_rate(services, function, since, now),
        slower=_slowdown(services, function, since, now),
        answers=answers.given,
        degraded=answers.degraded,
        outcomes=difference_interval(pairs, ALPHA, experiment.hoped_for_lift),
    )


def _error_rate(services: Services, function: str, start: datetime, end: datetime) -> float:
    dimension: DimensionTypeDef = {"Name": "FunctionName", "Value": function}
    invocations = _read(services, "AWS/Lambda", "Invocations", dimension, start, end, "Sum") or 0
    errors = _read(services, "AWS/Lambda", "Errors", dimension, start, end, "Sum") or 0
    return errors / invocations if invocations else 0.0


def _slowdown(services: Services, function: str, since: datetime, now: datetime) -> float | None:
    """Return how many times longer an invocation takes on average than in as long a time before."""
    dimension: DimensionTypeDef = {"Name": "FunctionName", "Value": function}
    after = _read(services, "AWS/Lambda", "Duration", dimension, since, now, "Average")
    before = _read(services, "AWS/Lambda", "Duration", dimension, since - (now - since), since, "Average")
    return after / before if after and before else None


def _read(
    services: Services,
    namespace: str,
    metric: str,
    dimension: "DimensionTypeDef",
    start: datetime,
    end: datetime,
    statistic: Literal["Average", "Sum"],
) -> float | None:
    """Return a metric over a time, in periods of a day; None without a data point."""
    points = services.cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[dimension],
        StartTime=start,
        EndTime=end,
        Period=_DAY,
        Statistics=[statistic],
    )["Datapoints"]
    values = [point["Sum"] if statistic == "Sum" else point["Average"] for point in points]
    if not values:
        return None
    return sum(values) if statistic == "Sum" else sum(values) / len(values)
