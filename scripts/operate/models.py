"""Shows what is deployed: each model's version, its metrics over time, training hours, and automatic training."""

import sys
from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from animal_recommender.retraining import ledger
from animal_recommender.retraining.campaign_status import change_in_progress, served_version
from animal_recommender.retraining.run_state import metric_label
from scripts.common.deployment import Deployment, parser, run
from scripts.common.task import TaskError
from scripts.common.terminal import console
from scripts.operate.deployed_models import DeployedModel, Resource, deployed_models

CHARTED = "normalized_discounted_cumulative_gain_at_5"
_BAR = 30
_STYLES = {"promoted": "green", "rejected": "yellow", "failed": "red", "rolled back": "magenta"}


def facts(model: DeployedModel) -> list[tuple[str, str]]:
    """What is true of a model now: pairs of name and value."""
    campaign, solution, entry = model.campaign(), model.solution(), model.read_ledger()
    known = entry if entry and entry["solutionVersionArn"] == served_version(campaign) else None
    metrics = model.metrics(served_version(campaign))
    return [
        ("campaign", f"{_status(campaign)}, at least {campaign['minProvisionedTPS']} TPS (billed every hour)"),
        ("serves", served_version(campaign)),
        (
            "since",
            known["promotedAt"] if known else f"unknown: the ledger has {'another version' if entry else 'no entry'}",
        ),
        ("previous", (entry and entry["previous"]) or "none"),
        ("metrics", ", ".join(f"{metric_label(name)} {value:.4f}" for name, value in sorted(metrics.items()))),
        ("training hours", f"{model.hours_this_month(solution['solutionArn']):.3f} this month"),
        ("automatic training", _automatic_training(solution)),
    ]


def _status(campaign: Resource) -> str:
    change = change_in_progress(campaign)
    return f"{campaign['status']}, update {change['status']}" if change else campaign["status"]


def _automatic_training(solution: Resource) -> str:
    on = solution.get("performAutoTraining")
    return "[bold red]ON: it trains and bills beside the gate[/bold red]" if on else "off"


def chart(outcomes: Sequence[ledger.Outcome], metric: str = CHARTED) -> Table:
    """Draws a metric over time: one bar for each outcome, the longest for the highest value."""
    drawn = Table(box=None, pad_edge=False, show_header=False)
    highest = max((outcome["metrics"].get(metric, 0.0) for outcome in outcomes), default=0.0)
    for outcome in outcomes:
        value = outcome["metrics"].get(metric)
        bar = "█" * round(_BAR * value / highest) if value and highest else ""
        style = _STYLES.get(outcome["outcome"], "")
        shown = "" if value is None else f"{value:.4f}"
        when = f"{datetime.fromisoformat(outcome['when']):%Y-%m-%d %H:%M}"
        drawn.add_row(f"  {when}", outcome["outcome"], Text(bar, style), shown, _hours(outcome))
    return drawn


def _hours(outcome: ledger.Outcome) -> str:
    return "" if outcome["trainingHours"] is None else f"{outcome['trainingHours']:.3f} h"


def show(model: DeployedModel, last: int) -> None:
    """Prints one model."""
    console.print(f"\n[bold]{model.name}[/bold]")
    drawn = Table(box=None, pad_edge=False, show_header=False)
    drawn.add_column(style="dim", min_width=20)
    drawn.add_column(overflow="fold")
    for name, value in facts(model):
        drawn.add_row(f"  {name}", value)
    console.print(drawn)
    outcomes = model.outcomes()[-last:]
    console.print(
        f"  [dim]{metric_label(CHARTED)} of the last {len(outcomes)} runs[/dim]" if outcomes else "  no run yet"
    )
    console.print(chart(outcomes))


def main() -> int:
    """The command; an exit code."""
    made = parser("models", __doc__)
    made.add_argument("--last", type=int, default=15, metavar="N", help="how many runs to draw (default: %(default)s)")
    arguments = made.parse_args()

    def task(deployment: Deployment) -> None:
        models = deployed_models(deployment)
        if not models:
            raise TaskError(f"no campaign is published for {deployment.environment}")
        for model in models:
            show(model, arguments.last)

    return run(arguments.environment, task)


if __name__ == "__main__":
    sys.exit(main())
