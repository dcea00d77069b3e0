"""Show each deployed model: its version, its metrics over time, its training hours, and automatic training."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from animal_recommender.retraining import ledger
from animal_recommender.retraining.automatic_updates import Standing, describe_standing
from animal_recommender.retraining.campaign_status import change_in_progress, served_version
from animal_recommender.retraining.run_state import COMPARISON_NOTE, metric_label
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, print_fields
from scripts.operate.deployed_models import DeployedModel, list_models
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.live_figures import ShownLists, describe_versions, read_shown_lists, sum_by_version

if TYPE_CHECKING:
    from types_boto3_personalize.type_defs import CampaignTypeDef, SolutionTypeDef

CHARTED = "normalized_discounted_cumulative_gain_at_5"
LIVE_NOTE = (
    "Live figures of two versions cannot be compared either: they had other days, visitors and animals. Only an "
    "experiment compares (make experiment)."
)
_BAR = 30
_STYLES = {"promoted": "green", "rejected": "yellow", "failed": "red", "rolled back": "magenta"}


def read_facts(model: DeployedModel) -> list[tuple[str, str]]:
    """Return what is known of a model now: pairs of name and value."""
    campaign, solution, entry = model.describe_campaign(), model.describe_solution(), model.read_ledger()
    metrics = model.get_metrics(served_version(campaign))
    return [
        ("campaign", f"{_status(campaign)}, at least {campaign['minProvisionedTPS']} TPS (billed every hour)"),
        ("serves", served_version(campaign)),
        ("since", _promotion_time(entry, served_version(campaign))),
        ("newest version", describe_newest(model.find_standing())),
        *describe_deviations(model, entry, campaign),
        *describe_pause(model, entry),
        ("previous", (entry and entry["previous"]) or "none"),
        ("metrics", ", ".join(f"{metric_label(name)} {value:.4f}" for name, value in sorted(metrics.items()))),
        ("training hours", f"{model.sum_hours_this_month(solution['solutionArn']):.3f} this month"),
        ("automatic training", _automatic_training(solution)),
    ]


def _status(campaign: CampaignTypeDef) -> str:
    change = change_in_progress(campaign)
    return f"{campaign['status']}, update {change['status']}" if change else campaign["status"]


def _promotion_time(entry: ledger.Ledger | None, version_arn: str) -> str:
    if entry is None:
        return "unknown: the ledger has no entry"
    return entry["promotedAt"] if entry["solutionVersionArn"] == version_arn else "unknown"


def describe_deviations(
    model: DeployedModel, entry: ledger.Ledger | None, campaign: CampaignTypeDef
) -> list[tuple[str, str]]:
    """Return how the campaign differs from the verified version, and which change has begun; empty if all is well."""
    if entry is None:
        return []
    facts, verified, change = [], entry["solutionVersionArn"], entry.get("change")
    if served_version(campaign) != verified:
        facts.append(("[bold red]NOT VERIFIED[/bold red]", f"the verified version is {verified}"))
    if change:
        facts.append(("not ended", f"{change['kind']} to {change['solutionVersionArn']}"))
        facts.append(("begun", f"{change['when']} by {escape(change['by'])}"))
    if facts and not change_in_progress(campaign):
        differs = served_version(campaign) != ledger.version_to_serve(entry)
        command = f"make rollback MODEL={model.name} ENV={model.deployment.environment}"
        repair = f"{command} ends it; so does" if differs else "nothing: it is removed by"
        facts.append(("what to do", f"{repair} the next retraining run"))
    return facts


def describe_newest(standing: Standing) -> str:
    """Return whether the served version is the newest one, and what it means if it is not."""
    text = describe_standing(standing)
    if standing["newestSolutionVersionArn"] == standing["solutionVersionArn"]:
        return f"yes. [bold yellow]{text}[/bold yellow]" if text else "yes"
    return f"[bold yellow]no[/bold yellow], that is {standing['newestSolutionVersionArn']}. {text}"


def describe_pause(model: DeployedModel, entry: ledger.Ledger | None) -> list[tuple[str, str]]:
    """Return since when scheduled runs leave the model out, and what ends that; empty if they train it."""
    pause = entry.get("pause") if entry else None
    if pause is None:
        return []
    since = f"PAUSED after {pause['rejections']} rejections, since {pause['when']}"
    ends = f"a promotion by a run that you start ends it: {model.retrain_command}"
    return [("scheduled retraining", f"[bold red]{since}[/bold red]; {ends}")]


def _automatic_training(solution: SolutionTypeDef) -> str:
    if solution.get("performAutoTraining"):
        return "[bold red]ON: it trains, and costs money, in addition to the retraining runs[/bold red]"
    return "off"


def draw_chart(outcomes: Sequence[ledger.Outcome], metric: str = CHARTED) -> Table:
    """Return a chart of a metric over time: one bar for each outcome, the longest for the highest value."""
    chart = Table(box=None, pad_edge=False, show_header=False)
    highest = max((outcome["metrics"].get(metric, 0.0) for outcome in outcomes), default=0.0)
    for outcome in outcomes:
        value = outcome["metrics"].get(metric)
        bar = "█" * round(_BAR * value / highest) if value and highest else ""
        style = _STYLES.get(outcome["outcome"], "")
        shown = "" if value is None else f"{value:.4f}"
        when = f"{datetime.fromisoformat(outcome['when']):%Y-%m-%d %H:%M}"
        chart.add_row(f"  {when}", outcome["outcome"], Text(bar, style), shown, _hours(outcome))
    return chart


def _hours(outcome: ledger.Outcome) -> str:
    return "" if outcome["trainingHours"] is None else f"{outcome['trainingHours']:.3f} h"


def print_model(model: DeployedModel, last: int, shown: Sequence[ShownLists] = ()) -> None:
    """Print one model with the chart of its `last` runs, and what visitors did with its lists that were `shown`."""
    console.print(f"\n[bold]{model.name}[/bold]")
    print_fields([(f"  [dim]{name}[/dim]", value) for name, value in read_facts(model)])
    outcomes = model.list_outcomes()[-last:]
    runs = "the last run" if len(outcomes) == 1 else f"the last {len(outcomes)} runs"
    console.print(f"  [dim]{metric_label(CHARTED)} of {runs}[/dim]" if outcomes else "  no run yet")
    console.print(draw_chart(outcomes))
    live = describe_versions(sum_by_version(model, shown))
    if live:
        console.print("  [dim]live, by version: lists shown to visitors of experiments, and what they led to[/dim]")
        print_fields([(f"  [dim]{version}[/dim]", text) for version, text in live])


def print_models(deployment: Deployment, last: int) -> None:
    """Print every model.

    Raises:
        TaskError: The environment has no model.
    """
    models = list_models(deployment)
    if not models:
        raise TaskError(f"no campaign is published for {deployment.environment}")
    shown = read_shown_lists(deployment)
    for model in models:
        print_model(model, last, shown)
    console.print(f"\n{COMPARISON_NOTE}", style="dim")
    if shown:
        console.print(LIVE_NOTE, style="dim")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("models", __doc__)
    parser.add_argument(
        "--last", type=int, default=15, metavar="N", help="how many runs to draw (default: %(default)s)"
    )
    given = parser.parse_args(arguments)
    return run_task(lambda: print_models(connect(given.environment), given.last))


if __name__ == "__main__":
    sys.exit(main())
