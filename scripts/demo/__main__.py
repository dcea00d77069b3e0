"""Walk through the whole system once, on a local AWS, from nothing to a promoted retraining."""

from __future__ import annotations

import json
import os
import sys
import time

import boto3

from scripts.common import environments
from scripts.common.environments import ROOT, Local
from scripts.common.task import TaskError
from scripts.common.terminal import Progress, Steps, console, fail, table
from scripts.demo import local_system
from scripts.demo.visitor import BREED, SPECIES, Visitor
from scripts.operate.execution_progress import Execution
from scripts.operate.retrain import finish

_STEPS = 9
_RETRAINING_SECONDS = 240
_FOLLOWING_SECONDS = 30


def main() -> int:
    """Run the demo. Exit code 0 if every step did what it says."""
    console.print("[bold]Animal Recommender[/bold]: from nothing to recommendations, without an AWS account\n")
    try:
        run(environments.local())
    except TaskError as failure:
        fail(str(failure))
        return 1
    except KeyboardInterrupt:
        fail("Interrupted; what was started is stopped.")
        return 130
    return 0


def run(local: Local) -> None:
    """Walk through all steps, and stop the local AWS afterwards unless it ran before."""
    started, was_up = time.monotonic(), local_system.is_up(local)
    try:
        walk(local, Steps(_STEPS), stop_after=not was_up)
    finally:
        if not was_up:
            local_system.stop(local)
    console.print(f"\n[bold green]Done[/bold green] in {time.monotonic() - started:.0f} s. Logs: {local.logs}")
    console.print("[bold]make up[/bold] holds the same system open; [bold]make status[/bold] then says what to try.")


def walk(local: Local, steps: Steps, *, stop_after: bool) -> None:
    """The steps, in the order of the story."""
    os.environ.update(local.variables())
    with steps.step("Build the Lambda packages") as progress:
        local_system.build(local, progress)
    with steps.step("Start the local AWS") as progress:
        local_system.start(local)
        progress.note = local.endpoint
    with steps.step("terraform apply: provision, seed, train, deploy") as progress:
        outputs = local_system.provision(local, progress)
    visitor = Visitor(
        boto3.client("kinesis"), boto3.client("lambda"), outputs["function_names"], outputs["stream_name"]
    )
    follow_a_visitor(visitor, steps)
    rerank(visitor, steps)
    retrain(outputs, steps)
    with steps.step("Stop what was started" if stop_after else "Leave the system up, as it was found"):
        if stop_after:
            local_system.stop(local)


def follow_a_visitor(visitor: Visitor, steps: Steps) -> None:
    """Recommendations before and after a visitor's views, and the history that they left."""
    with steps.step("Ask for a visitor nobody knows yet") as progress:
        before = visitor.recommendations()
        progress.note = "the most popular animals"
    with steps.step(f"Stream the visitor's views of {BREED}s") as progress:
        visitor.browse(progress)
    with steps.step("Ask again, without any retraining") as progress:
        after = _after(visitor, before, progress)
    table(
        "Recommended to the visitor",
        ["", "before", "after the views", ""],
        [(rank, old, new, _follows(new)) for rank, (old, new) in enumerate(zip(before, after, strict=True), 1)],
    )
    table(
        "The visitor's history",
        ["event", "animal group", "animal", "when"],
        [_row(event) for event in visitor.history()],
    )


def _after(visitor: Visitor, before: list[str], progress: Progress) -> list[str]:
    """The new recommendations, once they follow the views.

    The history and Personalize hear of the events each by its own function, so one may be ahead of the other.
    """
    deadline = time.monotonic() + _FOLLOWING_SECONDS
    while _following(after := visitor.recommendations()) <= _following(before):
        if time.monotonic() > deadline:
            raise TaskError(f"The recommendations do not follow the views: before {before}, after {after}")
        progress.update("the views are on their way to Personalize")
        time.sleep(0.2)
    progress.note = f"{_following(after)} of {len(after)} follow the views"
    return after


def _following(groups: list[str]) -> int:
    """How many of these groups relate to what the visitor looked at."""
    return sum(bool(_follows(group)) for group in groups)


def _follows(group: str) -> str:
    """How a group relates to what the visitor looked at."""
    species, breed, *_ = group.split("-")
    if breed == BREED:
        return "← same breed"
    return "← a dog, too" if species == SPECIES else ""


def _row(event: dict) -> tuple[str, str, str, str]:
    """One event of the history as a table row."""
    return event["eventType"], event["itemId"], event["animal_id"], event["timestamp"].replace("T", " ")[:19]


def rerank(visitor: Visitor, steps: Steps) -> None:
    """Order the example list of the README for this visitor."""
    request = json.loads((ROOT / "seed" / "payloads" / "rerank.json").read_text()) | {"userId": visitor.user_id}
    with steps.step("Re-rank the README's example list for the visitor") as progress:
        ranking = visitor.ask("rerank", request)["ranking"]
        progress.note = f"{len(ranking)} animals"
    given = {item["itemId"]: item["animalMetadata"] for item in request["itemMetadataList"]}
    table(
        "The list, re-ranked",
        ["", "as given", "re-ranked", "breed"],
        [
            (rank, old, new, given[new]["animal_primary_breed_id"])
            for rank, (old, new) in enumerate(zip(given, ranking, strict=True), 1)
        ],
    )


def retrain(outputs: dict, steps: Steps) -> None:
    """Run the daily retraining once, to its end."""
    machine = boto3.client("stepfunctions")
    with steps.step("Run the daily retraining once") as progress:
        run = machine.start_execution(stateMachineArn=outputs["state_machine_arn"])["executionArn"]
        ended = _watch(Execution(machine, run), progress)
        progress.note = f"state machine {ended['status']}"
    finish(ended)


def _watch(execution: Execution, progress: Progress) -> dict:
    """Follow an execution to its end; show the step that each model is at."""
    deadline = time.monotonic() + _RETRAINING_SECONDS
    while (now := execution.refresh())["status"] == "RUNNING":
        if time.monotonic() > deadline:
            raise TaskError(f"The retraining is still running after {_RETRAINING_SECONDS} s: {execution.arn}")
        progress.update(", ".join(f"{name}: {model.step}" for name, model in execution.models.items()))
        time.sleep(1)
    return now


if __name__ == "__main__":
    sys.exit(main())
