"""Start a retraining run, show its progress live, and end with a table of each model's outcome.

It trains also models whose retraining is paused for the schedule; a promotion ends the pause.

If a run is under way already, this shows that one instead: two runs never overlap. Ctrl-C stops this command, not the
run.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.live import Live
from rich.table import Table

from animal_recommender.retraining.run_state import metric_label
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, print_table
from scripts.operate.deployed_models import list_models
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.execution_history import Execution
from scripts.operate.retraining_runs import find_running_execution

if TYPE_CHECKING:
    from types_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

_RUNNING = "RUNNING"
_STYLES = {"promoted": "green", "rejected": "yellow", "failed": "bold red", "skipped": "dim"}

Report = Mapping[str, Any]  # what the state machine's output says of one model


def run_input(models: Sequence[str], only: Sequence[str], force: bool) -> dict[str, Any]:
    """Return the execution's input: `only` some models; with `force` however few interactions are new."""
    given: dict[str, Any] = {"only": only} if only else {}
    if force:
        given["models"] = {name: {"minimumNewInteractions": 0} for name in only or models}
    return given


def start(deployment: Deployment, execution_input: dict[str, Any]) -> str:
    """Start a run, named after the time; return its ARN."""
    name = f"manual-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    started = deployment.aws.client("stepfunctions").start_execution(
        stateMachineArn=deployment.name("state-machine"), name=name, input=json.dumps(execution_input)
    )
    return started["executionArn"]


def follow(execution: Execution, pause: float) -> DescribeExecutionOutputTypeDef:
    """Show the run until it ends; return it as DescribeExecution shows it then. `pause` in seconds."""
    began = time.monotonic()
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            described = execution.refresh()
            live.update(_draw_progress(execution, began), refresh=True)
            if not console.is_terminal:
                _print_new_steps(execution)
            if described["status"] != _RUNNING:
                return described
            time.sleep(pause)


def _draw_progress(execution: Execution, began: float) -> Table:
    table = Table(box=None, pad_edge=False, title=f"{time.monotonic() - began:,.0f} s", title_justify="left")
    for column in ("model", "step", "for", "looks"):
        table.add_column(column, header_style="dim")
    for name, model in execution.models.items():
        table.add_row(name, model.step, f"{time.monotonic() - model.changed:,.0f} s", str(model.looks or ""))
    return table


def _print_new_steps(execution: Execution) -> None:
    """Print each new step once: a log has no live table."""
    for name, step in execution.steps:
        console.print(f"    {name}: {step}")


def print_outcomes(models: Sequence[Report]) -> None:
    """Print the outcome of each model."""
    columns = ("model", "outcome", "metric", "new", "deployed", "hours", "why")
    print_table("Retraining", columns, [_row(model) for model in models])


def _row(model: Report) -> tuple[str, ...]:
    style = _STYLES[model["outcome"]]
    hours = "" if model["trainingHours"] is None else f"{model['trainingHours']:.3f}"
    return model["name"], f"[{style}]{model['outcome']}[/{style}]", *_metric_values(model), hours, model["reason"]


def _metric_values(model: Report) -> tuple[str, str, str]:
    """Return the metric that the gate compares: its name, its value of the new version and of the deployed one."""
    if not model["rules"]:
        return "", "", ""
    metric, new = model["rules"][0]["metric"], model["rules"][0]["value"]
    deployed = (model["deployedMetrics"] or {}).get(metric)
    return metric_label(metric), _number(new), _number(deployed)


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"


def finish(described: DescribeExecutionOutputTypeDef) -> None:
    """Print the outcomes of a run that has ended.

    Raises:
        TaskError: The run itself did not succeed, or a model failed.
    """
    if described["status"] != "SUCCEEDED":
        raise TaskError(f"the run ended {described['status']}: {described.get('error')}: {described.get('cause')}")
    models = json.loads(described["output"])["models"]
    print_outcomes(models)
    failed = [model["name"] for model in models if model["outcome"] == "failed"]
    if failed:
        raise TaskError(f"{', '.join(failed)}: failed, see the last column and the mail")


def retrain(deployment: Deployment, only: Sequence[str], force: bool, pause: float) -> None:
    """Start a run, or find the one that is under way, and follow it to its end.

    Raises:
        TaskError: The run itself did not succeed, or a model failed.
    """
    arn = find_running_execution(deployment)
    if arn:
        console.print(f"A run is under way; showing that one: {arn}", soft_wrap=True)
    else:
        names = [model.name for model in list_models(deployment)]
        arn = start(deployment, run_input(names, only, force))
        console.print(f"Started {arn}", soft_wrap=True)
    finish(follow(Execution(deployment.aws.client("stepfunctions"), arn), pause))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("retrain", __doc__)
    parser.add_argument("--model", action="append", default=[], help="only this model (may be repeated)")
    parser.add_argument("--force", action="store_true", help="train however few interactions are new")
    parser.add_argument(
        "--poll", type=float, default=2.0, metavar="SECONDS", help="pause between two looks (default: 2)"
    )
    given = parser.parse_args(arguments)
    return run_task(lambda: retrain(connect(given.environment), given.model, given.force, given.poll))


if __name__ == "__main__":
    sys.exit(main())
