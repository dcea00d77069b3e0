"""Show what an experiment says: its arms, the verdict in words, and the difference over time.

Without NAME all experiments are shown, one after the other. docs/does-it-help.md explains the figures.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

from animal_recommender.experiments import share_ledger
from animal_recommender.experiments.counting import LOST_METRIC, first_day, read_counts
from animal_recommender.experiments.counts import Counts
from animal_recommender.experiments.definition import (
    Experiment,
    apply_changed_shares,
    parse_changed_shares,
    parse_experiments,
)
from animal_recommender.experiments.verdict import Comparison, Conclusion, Look, Verdict, judge, newest_whole_day
from animal_recommender.experiments.words import describe
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, print_error, print_table, running
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.query import connect_athena

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 80
_PLOT = 54  # characters between the day and the number
_MOST_LOOKS = 14
_STYLES = {
    Conclusion.BETTER: "green",
    Conclusion.WORSE: "red",
    Conclusion.NO_DIFFERENCE: "cyan",
    Conclusion.NOT_ENOUGH: "yellow",
    Conclusion.BROKEN: "bold red",
}


def list_experiments(deployment: Deployment) -> tuple[Experiment, ...]:
    """Return the experiments with the shares that they have at present.

    Raises:
        TaskError: The deployment has no experiment, or its definitions cannot be read.
    """
    try:
        experiments = parse_experiments(deployment.names.get("experiments", "{}"))
        changed = parse_changed_shares(deployment.names.get("experiment-shares", "{}"))
        if experiments:
            return apply_changed_shares(experiments, changed, print_error)
    except ValueError as error:
        raise TaskError(str(error)) from None
    raise TaskError(
        f"{deployment.environment} has no experiment: the variable `experiments` in its tfvars defines them"
    )


def choose_experiments(deployment: Deployment, name: str | None) -> list[Experiment]:
    """Return the experiment of this name, or all.

    Raises:
        TaskError: There is none. The message lists the names that exist.
    """
    experiments = {experiment.name: experiment for experiment in list_experiments(deployment)}
    if name is None:
        return list(experiments.values())
    if name not in experiments:
        raise TaskError(f"there is no experiment {name!r}; there are: {', '.join(experiments)}")
    return [experiments[name]]


def judge_now(deployment: Deployment, experiment: Experiment, today: date) -> Verdict:
    """Count and judge an experiment at the end of yesterday.

    Raises:
        TaskError: A query fails, or no exposure was recorded yet on a day that is over.
    """
    athena = connect_athena(deployment)
    queries = athena.list_queries()

    with running(f"Counting {experiment.name}") as progress:

        def ask(query: str, parameters: Sequence[str]) -> Iterable[Sequence[str]]:
            rows = athena.read_rows(athena.run(queries[query], parameters, progress))
            next(rows, None)  # the names of the columns
            return rows

        counts = read_counts(experiment, today, ask, count_lost(deployment, experiment, today))
    until = newest_whole_day(today)
    if not counts.list_days(until):
        raise TaskError(_explain_no_data(experiment, counts, today))
    return judge(experiment, counts, until, share_ledger.list_shares(read_ledger(deployment, experiment)))


def _explain_no_data(experiment: Experiment, counts: Counts, today: date) -> str:
    since = first_day(experiment, today)
    if experiment.start_date and today < experiment.start_date:
        return f"the experiment {experiment.name} begins on {experiment.start_date}: there is no data yet"
    if counts.days:
        return (
            f"the experiment {experiment.name} has exposures since today only: days are judged when they are over (UTC)"
        )
    lost = f"; {counts.lost:,} exposures could not be recorded" if counts.lost else ""
    return (
        f"the experiment {experiment.name} has no exposure since {since}: no visitor asked {experiment.function} yet, "
        f"or the exposures of the last minutes are still on their way to S3{lost}"
    )


def read_ledger(deployment: Deployment, experiment: Experiment) -> share_ledger.Ledger:
    """Return the ledger of an experiment; an empty one if there is none."""
    s3, bucket = deployment.aws.client("s3"), deployment.name("raw-bucket")
    key = share_ledger.key(experiment.name)
    if not s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents"):
        return share_ledger.Ledger()
    return share_ledger.parse(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def count_lost(deployment: Deployment, experiment: Experiment, today: date) -> int:
    """Return how many exposures the experiment's function could not record since its first day."""
    start = datetime.combine(first_day(experiment, today), datetime.min.time(), UTC)
    answer = deployment.aws.client("cloudwatch").get_metric_statistics(
        Namespace="AnimalRecommender",
        MetricName=LOST_METRIC,
        Dimensions=[
            {"Name": "service", "Value": deployment.name(f"functions/{experiment.function}").partition(":")[0]}
        ],
        StartTime=start,
        EndTime=datetime.combine(today + timedelta(1), datetime.min.time(), UTC),
        Period=86_400,
        Statistics=["Sum"],
    )
    return round(sum(point["Sum"] for point in answer["Datapoints"]))


def print_verdict(verdict: Verdict) -> None:
    """Print a verdict within 80 columns: arms, words, and a chart for each comparison."""
    experiment = verdict.experiment
    print_table(
        f"{escape(experiment.name)}: {escape(experiment.primary_outcome)} after {experiment.function}",
        ["arm", "share", "visitors", "with it", "rate", "between"],
        [_row(verdict, arm) for arm in experiment.shares],
    )
    style = _STYLES[verdict.conclusion]
    console.print(f"[{style}]{verdict.conclusion.upper()}[/{style}], as of {verdict.until}; ends {experiment.end_date}")
    for sentence in describe(verdict):
        console.print(f"- {escape(sentence)}", width=WIDTH)
    for comparison in verdict.comparisons:
        _print_chart(verdict, comparison)


def _row(verdict: Verdict, arm: str) -> list[str]:
    tally, interval = verdict.tallies[arm], verdict.rates[arm]
    control = " (control)" if arm == verdict.experiment.control else ""
    between = f"{interval.lower:.2%} and {interval.upper:.2%}"
    share = f"{verdict.experiment.shares[arm]:.0%}"
    return [
        f"{escape(arm)}{control}",
        share,
        f"{tally.visitors:,}",
        f"{tally.outcomes:,}",
        f"{tally.rate:.2%}",
        between,
    ]


def _print_chart(verdict: Verdict, comparison: Comparison) -> None:
    names = f"{escape(comparison.arm)} less {escape(verdict.experiment.control)}"
    console.print(f"\n[bold]{names}[/bold], in percentage points, with all looks' intervals", width=WIDTH)
    for line in draw_chart(comparison.looks):
        console.print(line)
    for outcome, interval in comparison.secondary.items():
        numbers = f"{100 * interval.lower:+.2f} to {100 * interval.upper:+.2f}"
        console.print(f"[dim]{escape(outcome)}, not judged: {numbers}[/dim]", width=WIDTH)


def draw_chart(looks: Sequence[Look]) -> list[Text]:
    """Return one line for each look, at most 14, as wide as 80 columns: day, interval with the estimate, estimate.

    The scale fits the newer half of the looks. What is outside of it ends in an arrow.
    """
    shown = _thin_out(looks)
    reach = max((_reach(look) for look in shown[len(shown) // 2 :]), default=0.0) or 1.0
    return [Text(f"{look.day} ").append(_plot(look, reach)).append(_number(look)) for look in shown]


def _thin_out(looks: Sequence[Look]) -> list[Look]:
    """Return evenly spaced looks, always with the newest."""
    step = -(-len(looks) // _MOST_LOOKS) or 1
    return list(looks[::-1][::step][::-1])


def _reach(look: Look) -> float:
    return max(abs(look.difference.lower), abs(look.difference.upper))


def _number(look: Look) -> str:
    return f" {100 * look.difference.estimate:+9.2f}"


def _plot(look: Look, reach: float) -> Text:
    """Return the interval on a line with the axis of 0 in the middle."""
    line = [" "] * (_PLOT + 1)
    lower, estimate, upper = (
        _place(value, reach) for value in (look.difference.lower, look.difference.estimate, look.difference.upper)
    )
    line[_PLOT // 2] = "│"
    for place in range(max(lower, 0), min(upper, _PLOT) + 1):
        line[place] = "─"
    if lower <= _PLOT // 2 <= upper:
        line[_PLOT // 2] = "┼"
    for place, mark, arrow in ((lower, "├", "◄"), (upper, "┤", "►")):
        line[min(max(place, 0), _PLOT)] = mark if 0 <= place <= _PLOT else arrow
    if 0 <= estimate <= _PLOT:
        line[estimate] = "●"
    return Text("".join(line), "green" if look.difference.lower > 0 else "red" if look.difference.upper < 0 else "")


def _place(value: float, reach: float) -> int:
    return round(_PLOT / 2 * (1 + value / reach))


def print_experiments(deployment: Deployment, name: str | None) -> None:
    """Print one experiment, or all of them.

    Raises:
        TaskError: There is no such experiment, or one has no data.
    """
    today = datetime.now(UTC).date()
    for experiment in choose_experiments(deployment, name):
        print_verdict(judge_now(deployment, experiment, today))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("experiment", __doc__)
    parser.add_argument("--name", metavar="NAME", help="which experiment; without it all of them")
    given = parser.parse_args(arguments)
    return run_task(lambda: print_experiments(connect(given.environment), given.name))


if __name__ == "__main__":
    sys.exit(main())
