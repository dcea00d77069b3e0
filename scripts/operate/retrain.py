"""Starts a retraining run, shows its progress live, and ends with a table of what it came to.

If a run is under way already, that one is shown: two never overlap. Interrupting this command leaves the run alone.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

from rich.live import Live
from rich.table import Table

from animal_recommender.retraining.run_state import metric_label
from scripts.common.deployment import Deployment, parser, run
from scripts.common.task import TaskError
from scripts.common.terminal import console, table
from scripts.operate.deployed_models import deployed_models, running_execution
from scripts.operate.execution_progress import Execution

_RUNNING = "RUNNING"
_STYLES = {"promoted": "green", "rejected": "yellow", "failed": "bold red", "skipped": "dim"}


def run_input(models: list[str], only: list[str], force: bool) -> dict[str, Any]:
    """The execution's input: which models, and with `force` whatever the number of new interactions."""
    given: dict[str, Any] = {"only": only} if only else {}
    if force:
        given["models"] = {name: {"minimumNewInteractions": 0} for name in only or models}
    return given


def start(deployment: Deployment, given: dict[str, Any]) -> str:
    """Starts a run, named after the time, and returns its ARN."""
    name = f"manual-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    started = deployment.client("stepfunctions").start_execution(
        stateMachineArn=deployment.name("state-machine"), name=name, input=json.dumps(given)
    )
    return started["executionArn"]


def follow(execution: Execution, pause: float) -> dict[str, Any]:
    """Shows the run until it ends; returns DescribeExecution. `pause` in seconds."""
    began = time.monotonic()
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            described = execution.refresh()
            live.update(_progress(execution, began), refresh=True)
            if not console.is_terminal:
                _tell(execution)
            if described["status"] != _RUNNING:
                return described
            time.sleep(pause)


def _progress(execution: Execution, began: float) -> Table:
    drawn = Table(box=None, pad_edge=False, title=f"{time.monotonic() - began:,.0f} s", title_justify="left")
    for column in ("model", "step", "for", "looks"):
        drawn.add_column(column, header_style="dim")
    for name, model in execution.models.items():
        drawn.add_row(name, model.step, f"{time.monotonic() - model.changed:,.0f} s", str(model.looks or ""))
    return drawn


def _tell(execution: Execution) -> None:
    """In a log there is no live table: says each new step once."""
    for name, step in execution.steps:
        console.print(f"    {name}: {step}")


def show(models: list[dict[str, Any]]) -> None:
    """Prints what the run came to, model by model."""
    columns = ("model", "outcome", "metric", "was", "training hours", "why")
    table("Retraining", columns, [_row(model) for model in models])


def _row(model: dict[str, Any]) -> tuple[str, ...]:
    style, (new, old) = _STYLES[model["outcome"]], _numbers(model)
    hours = "" if model["trainingHours"] is None else f"{model['trainingHours']:.3f}"
    return model["name"], f"[{style}]{model['outcome']}[/{style}]", new, old, hours, model["reason"]


def _numbers(model: dict[str, Any]) -> tuple[str, str]:
    rules = {rule["rule"]: rule for rule in model["rules"]}
    if not rules:
        return "", ""
    gate, deployed = rules["threshold"], (model["deployedMetrics"] or {}).get(rules["threshold"]["metric"])
    new = "unknown" if gate["value"] is None else f"{metric_label(gate['metric'])} {gate['value']:.4f}"
    return new, "" if deployed is None else f"{deployed:.4f}"


def finish(described: dict[str, Any]) -> None:
    """Prints the end of a run. Raises TaskError if the run broke off, or a model failed."""
    if described["status"] != "SUCCEEDED":
        raise TaskError(f"the run ended {described['status']}: {described.get('error')}: {described.get('cause')}")
    models = json.loads(described["output"])["models"]
    show(models)
    failed = [model["name"] for model in models if model["outcome"] == "failed"]
    if failed:
        raise TaskError(f"{', '.join(failed)}: failed, see the last column and the mail")


def _arguments() -> argparse.Namespace:
    made = parser("retrain", __doc__)
    made.add_argument("--model", action="append", default=[], help="only this model (may be repeated)")
    made.add_argument("--force", action="store_true", help="train however few interactions are new")
    made.add_argument("--poll", type=float, default=2.0, metavar="SECONDS", help="pause between two looks (default: 2)")
    return made.parse_args()


def main() -> int:
    """The command; an exit code."""
    arguments = _arguments()

    def task(deployment: Deployment) -> None:
        arn = running_execution(deployment)
        if arn:
            console.print(f"A run is under way; showing that one: {arn}")
        else:
            names = [model.name for model in deployed_models(deployment)]
            arn = start(deployment, run_input(names, arguments.model, arguments.force))
            console.print(f"Started {arn}")
        finish(follow(Execution(deployment.client("stepfunctions"), arn), arguments.poll))

    return run(arguments.environment, task)


if __name__ == "__main__":
    sys.exit(main())
