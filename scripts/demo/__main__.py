"""Show the main job of the system on a local AWS, from nothing to a promoted retraining: ``python -m scripts.demo``."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import boto3

from scripts.common import environments
from scripts.common.environments import ROOT, Local
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import Progress, Steps, console, plural, print_table
from scripts.demo import example_pets, local_folder, local_server, local_system
from scripts.demo.visitor import BREED, SPECIES, Visitor
from scripts.operate.execution_history import Execution
from scripts.operate.retrain import finish

if TYPE_CHECKING:
    from types_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

_STEPS = 15
_RETRAINING_SECONDS = 240
_FOLLOWING_SECONDS = 30


def run_demo() -> None:
    """Run all steps; then stop the local AWS, unless it ran before."""
    console.print("[bold]Animal Recommender[/bold]: from nothing to recommendations, without an AWS account\n")
    local = environments.local()
    started = time.monotonic()
    local_folder.claim(local.directory)
    with local_folder.exclusive(local.directory):
        was_up = local_server.process_id(local) is not None
        try:
            run_steps(local, Steps(_STEPS), stop_after=not was_up)
        finally:
            if not was_up:
                local_server.stop(local)
    console.print(
        f"\n[bold green]Done[/bold green] in {time.monotonic() - started:.0f} s. Logs: {local.logs}", soft_wrap=True
    )
    console.print("[bold]make up[/bold] starts the same system and leaves it up; [bold]make status[/bold] explains it.")


def run_steps(local: Local, steps: Steps, *, stop_after: bool) -> None:
    """Run the steps in their order."""
    environments.enter("local")
    with steps.step("Build the Lambda packages") as progress:
        local_system.build_packages(local, progress)
    with steps.step("Start the local AWS") as progress:
        local_server.start(local)
        progress.note = local.endpoint
    with steps.step("Terraform: provision, seed, train, deploy") as progress:
        outputs = local_system.provision(local, progress)
    with steps.step("Import the example pets") as progress:
        example_pets.put_example_pets(local, progress)
    visitor = Visitor(
        boto3.client("kinesis"), boto3.client("lambda"), outputs["function_names"], outputs["stream_name"]
    )
    follow_a_visitor(visitor, steps)
    adopted = adopt(visitor, steps)
    look_around(visitor, adopted, steps)
    rerank(visitor, steps)
    retrain(outputs, steps)
    with steps.step("Stop what was started" if stop_after else "Leave the system up, as it was before"):
        if stop_after:
            local_server.stop(local)


def follow_a_visitor(visitor: Visitor, steps: Steps) -> None:
    """Show recommendations before and after a visitor's views, and the history of these views."""
    with steps.step("Ask for a visitor nobody knows yet") as progress:
        before = visitor.get_recommendations()
        progress.note = "the most popular animals"
    with steps.step(f"Stream the visitor's views of {BREED}s") as progress:
        visitor.send_events(progress)
    with steps.step("Ask again, without any retraining") as progress:
        after = _wait_until_they_follow(visitor, before, progress)
    print_table(
        "Recommended to the visitor",
        ["", "before", "after the views", ""],
        [(rank, old, new, _relation(new)) for rank, (old, new) in enumerate(zip(before, after, strict=True), 1)],
    )
    print_table(
        "The visitor's history",
        ["event", "animal group", "animal", "when"],
        [_row(event) for event in visitor.get_history()],
    )


def _wait_until_they_follow(visitor: Visitor, before: list[str], progress: Progress) -> list[str]:
    """Return the new recommendations, once they follow the views.

    The history and Personalize get the events from two functions, so one may be ahead of the other.
    """
    deadline = time.monotonic() + _FOLLOWING_SECONDS
    while _count_related(after := visitor.get_recommendations()) <= _count_related(before):
        if time.monotonic() > deadline:
            raise TaskError(f"The recommendations do not follow the views: before {before}, after {after}")
        progress.update("the views are on their way to Personalize")
        time.sleep(0.2)
    progress.note = f"{_count_related(after)} of {len(after)} follow the views"
    return after


def _count_related(groups: list[str]) -> int:
    """Return how many of these groups are related to the visitor's views."""
    return sum(bool(_relation(group)) for group in groups)


def _relation(group: str) -> str:
    """Return how a group is related to the visitor's views; empty if it is not."""
    species, breed, *_ = group.split("-")
    if breed == BREED:
        return "← same breed"
    return "← a dog, too" if species == SPECIES else ""


def _row(event: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return one event of the history as a table row."""
    return event["eventType"], event["itemId"], event["animal_id"], event["timestamp"].replace("T", " ")[:19]


def adopt(visitor: Visitor, steps: Steps) -> dict[str, Any]:
    """Recommend animals by name, adopt the first one, and show that the next answer is without it; return that one."""
    with steps.step("Ask for animals that can be adopted now") as progress:
        before = visitor.get_pets(progress)
        progress.note = f"{before[0]['name']} comes first"
    with steps.step(f"Adopt {before[0]['name']}") as progress:
        visitor.invoke("put_pets", {"changes": [{"id": before[0]["id"], "status": "adopted"}]})
        progress.note = "the shelter says so"
    with steps.step("Ask again") as progress:
        after = visitor.get_pets(progress)
        progress.note = f"{before[0]['name']} is not there any more"
    if before[0]["id"] in {pet["id"] for pet in after}:
        raise TaskError(f"An adopted pet was recommended: {before[0]}")
    print_table(
        "Animals for the visitor",
        ["", "before", "shelter", "waiting", "after the adoption"],
        [
            (rank, old["name"], old["shelter"], plural(old["daysWaiting"], "day"), new["name"])
            for rank, (old, new) in enumerate(zip(before, after, strict=True), 1)
        ],
    )
    return before[0]


def look_around(visitor: Visitor, adopted: dict[str, Any], steps: Steps) -> None:
    """Show animals like the one that was adopted, and animals that many visitors look at lately."""
    with steps.step(f"Ask for animals like {adopted['name']}") as progress:
        similar = visitor.get_shelf("similar", animalId=adopted["id"])
        progress.note = f"{plural(len(similar), 'animal')} that can be adopted"
    with steps.step("Ask for animals that many look at lately") as progress:
        trending = visitor.get_shelf("trending")
        progress.note = f"{plural(len(trending), 'animal')} that can be adopted"
    print_table(
        "Other shelves",
        ["", f"like {adopted['name']}", "trending"],
        list(zip(range(1, len(similar) + 1), similar, trending, strict=False)),
    )


def rerank(visitor: Visitor, steps: Steps) -> None:
    """Re-rank the README's example list for this visitor."""
    request = json.loads((ROOT / "seed" / "payloads" / "rerank.json").read_text()) | {"userId": visitor.user_id}
    with steps.step("Re-rank the README's example list for the visitor") as progress:
        ranking = visitor.invoke("rerank", request)["ranking"]
        progress.note = f"{len(ranking)} animals"
    given = {item["itemId"]: item["animalMetadata"] for item in request["itemMetadataList"]}
    print_table(
        "The list, re-ranked",
        ["", "as given", "re-ranked", "breed"],
        [
            (rank, old, new, given[new]["animal_primary_breed_id"])
            for rank, (old, new) in enumerate(zip(given, ranking, strict=True), 1)
        ],
    )


def retrain(outputs: dict[str, Any], steps: Steps) -> None:
    """Run the daily retraining once, to its end."""
    machine = boto3.client("stepfunctions")
    with steps.step("Run the daily retraining once") as progress:
        arn = machine.start_execution(stateMachineArn=outputs["state_machine_arn"])["executionArn"]
        ended = _wait_until_ended(Execution(machine, arn), progress)
        progress.note = f"state machine {ended['status']}"
    finish(ended)


def _wait_until_ended(execution: Execution, progress: Progress) -> DescribeExecutionOutputTypeDef:
    """Show the step that each model is at until the execution has ended; return it as it is then."""
    deadline = time.monotonic() + _RETRAINING_SECONDS
    while (now := execution.refresh())["status"] == "RUNNING":
        if time.monotonic() > deadline:
            raise TaskError(f"The retraining is still running after {_RETRAINING_SECONDS} s: {execution.arn}")
        progress.update(", ".join(f"{name}: {model.step}" for name, model in execution.models.items()))
        time.sleep(1)
    return now


if __name__ == "__main__":
    sys.exit(run_task(run_demo, interrupted="Interrupted; what was started is stopped."))
