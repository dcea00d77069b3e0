"""The state machine's definition: it is valid before and after templating, and every state can be reached."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "step_functions" / "retraining.asl.json").read_text()
DEFINITION = json.loads(TEXT)
ITEM = DEFINITION["States"]["Each model"]["ItemProcessor"]
MACHINES = {"run": DEFINITION, "model": ITEM}
TASKS = [
    (name, state)
    for machine in MACHINES.values()
    for name, state in machine["States"].items()
    if state["Type"] == "Task"
]


def targets(state: dict[str, Any]) -> Iterator[str]:
    """The states that may follow."""
    yield from (state[key] for key in ("Next", "Default") if key in state)
    yield from (rule["Next"] for rule in (*state.get("Choices", ()), *state.get("Catch", ())))


def reached(machine: dict[str, Any]) -> set[str]:
    found, ahead = set(), {machine["StartAt"]}
    while ahead:
        found |= ahead
        ahead = {after for name in ahead for after in targets(machine["States"][name])} - found
    return found


def test_given_the_file_when_filled_then_it_is_valid_by_the_schema_of_the_states_language() -> None:
    schema = json.loads((files("cfnlint.data.schemas.other.step_functions") / "statemachine.json").read_text())
    filled = re.sub(r"\$\{\w+\}", "arn:aws:lambda:eu-west-1:123456789012:function:f:live", TEXT)

    assert [error.message for error in Draft7Validator(schema).iter_errors(json.loads(filled))] == []


def test_given_the_file_when_read_then_every_placeholder_is_a_function_of_this_repository() -> None:
    named = set(re.findall(r"\$\{(\w+)_arn\}", TEXT))

    assert named == {name for name in named if (ROOT / "functions" / name / "handler.py").exists()}
    assert len(re.findall(r"\$\{", TEXT)) == len(re.findall(r'"Resource": "\$\{\w+_arn\}"', TEXT))


@pytest.mark.parametrize("machine", MACHINES)
def test_given_a_machine_when_walked_then_every_state_is_reached_and_every_target_exists(machine: str) -> None:
    assert reached(MACHINES[machine]) == set(MACHINES[machine]["States"])


@pytest.mark.parametrize("machine", MACHINES)
def test_given_any_state_when_followed_then_the_end_can_be_reached(machine: str) -> None:
    states = MACHINES[machine]["States"]

    for name in states:
        ends = [one for one in reached({"StartAt": name, "States": states}) if not list(targets(states[one]))]
        assert ends, f"from {name} there is no way out"


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_given_a_task_when_it_hangs_or_fails_then_it_times_out_and_is_retried(name: str, task: dict[str, Any]) -> None:
    assert task["TimeoutSeconds"] > 0
    assert task["Retry"][-1]["ErrorEquals"] == ["States.ALL"]


@pytest.mark.parametrize(("name", "task"), [pair for pair in TASKS if pair[0] in ITEM["States"]])
def test_given_a_models_task_when_all_retries_fail_then_the_other_model_goes_on(
    name: str, task: dict[str, Any]
) -> None:
    (catch,) = task["Catch"]

    assert catch["ErrorEquals"] == ["States.ALL"]
    assert catch["ResultPath"] != "$"  # what was gathered so far is what the mail is made of


@pytest.mark.parametrize("task", ["Create solution version", "Describe solution version"])
def test_given_a_training_that_was_paid_for_when_its_run_fails_then_it_is_stopped(task: str) -> None:
    assert [catch["Next"] for catch in ITEM["States"][task]["Catch"]] == ["Stop training"]


@pytest.mark.parametrize("task", ["Update campaign", "Describe campaign", "Verify campaign"])
def test_given_a_campaign_that_may_have_changed_when_its_run_fails_then_it_is_restored(task: str) -> None:
    assert [catch["Next"] for catch in ITEM["States"][task]["Catch"]] == ["Restore previous version"]
