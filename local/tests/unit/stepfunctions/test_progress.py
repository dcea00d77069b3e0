"""How far an execution is, from its history."""

import json
from typing import Any

from local_aws.stepfunctions.progress import progress_of


class History:
    """A history as GetExecutionHistory returns it."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def add(self, kind: str, before: int, **details: Any) -> int:
        number = len(self.events) + 1
        event = {"id": number, "previousEventId": before, "type": kind, "timestamp": f"t{number}"}
        self.events.append(event | ({"stateEnteredEventDetails": details} if details else {}))
        return number

    def visit(self, name: str, before: int, kind: str = "Pass") -> int:
        entered = self.add(f"{kind}StateEntered", before, name=name, input="{}")
        return self.add(f"{kind}StateExited", entered, name=name, output="{}")

    def progress(self, status: str = "RUNNING") -> tuple[dict[tuple[str, str], Any], list[dict[str, Any]]]:
        found = progress_of(self.events, status)
        return {(one["iteration"], one["name"]): one for one in found["states"]}, found["iterations"]


def test_given_a_running_task_then_it_is_running_and_those_before_have_succeeded() -> None:
    history = History()
    first = history.visit("First", history.add("ExecutionStarted", 0))
    history.add("TaskStateEntered", first, name="Second", input="{}")
    states, _ = history.progress()
    assert states[("", "First")]["status"] == "succeeded"
    assert states[("", "First")]["next"] == {"Second": 1}
    assert states[("", "Second")]["status"] == "running"
    assert states[("", "Second")]["kind"] == "Task"


def test_given_a_loop_then_its_visits_are_counted() -> None:
    history = History()
    last = history.add("ExecutionStarted", 0)
    for _ in range(3):
        last = history.visit("Check", history.visit("Wait", last, "Wait"), "Choice")
    states, _ = history.progress("SUCCEEDED")
    assert states[("", "Wait")]["visits"] == 3
    assert states[("", "Check")]["next"] == {"Wait": 2}


def test_given_a_map_then_each_iteration_has_its_own_states_and_the_map_ends_outside() -> None:
    history = History()
    entered = history.add("MapStateEntered", history.add("ExecutionStarted", 0), name="Each", input="{}")
    started = history.add("MapStateStarted", entered, length=2)
    first = history.add("MapIterationStarted", started, name="Each", index=0)
    second = history.add("MapIterationStarted", started, name="Each", index=1)
    document = json.dumps({"model": {"name": "reranker"}})
    history.add("TaskStateEntered", second, name="Train", input=document)
    done = history.add("MapIterationSucceeded", history.visit("Train", first), name="Each", index=0)
    states, iterations = history.progress()
    assert states[("Each:0", "Train")]["status"] == "succeeded"
    assert states[("Each:1", "Train")]["status"] == "running"
    assert [(one["label"], one["status"], one["current"]) for one in iterations] == [
        ("", "succeeded", "Train"),
        ("reranker", "running", "Train"),
    ]
    after = history.add("MapStateExited", history.add("MapStateSucceeded", done), name="Each", output="[]")
    history.visit("After", after)
    states, _ = history.progress("SUCCEEDED")
    assert states[("", "Each")]["status"] == "succeeded"
    assert states[("", "Each")]["next"] == {"After": 1}


def test_given_a_failure_that_is_caught_then_it_is_shown_with_its_error() -> None:
    history = History()
    entered = history.add("TaskStateEntered", history.add("ExecutionStarted", 0), name="Try", input="{}")
    scheduled = history.add("LambdaFunctionScheduled", entered, resource="f")
    failed = history.add("LambdaFunctionFailed", scheduled, error="Boom", cause="why")
    history.visit("Handle", history.add("TaskStateExited", failed, name="Try", output="{}"))
    states, _ = history.progress("SUCCEEDED")
    assert states[("", "Try")]["status"] == "caught"
    assert states[("", "Try")]["error"] == {"error": "Boom", "cause": "why"}


def test_given_a_retry_that_succeeds_then_the_result_counts() -> None:
    history = History()
    entered = history.add("TaskStateEntered", history.add("ExecutionStarted", 0), name="Try", input="{}")
    failed = history.add("LambdaFunctionFailed", history.add("LambdaFunctionScheduled", entered), error="Boom")
    scheduled = history.add("LambdaFunctionScheduled", failed, resource="f")
    done = history.add("LambdaFunctionSucceeded", scheduled, output='{"n": 1}')
    history.add("TaskStateExited", done, name="Try", output='{"all": {"n": 1}}')
    states, _ = history.progress("SUCCEEDED")
    assert states[("", "Try")]["status"] == "succeeded"
    assert states[("", "Try")]["result"] == '{"n": 1}'


def test_given_an_execution_that_ended_then_open_states_have_its_end() -> None:
    history = History()
    history.add("TaskStateEntered", history.add("ExecutionStarted", 0), name="Open", input="{}")
    assert history.progress("FAILED")[0][("", "Open")]["status"] == "failed"
    assert history.progress("ABORTED")[0][("", "Open")]["status"] == "stopped"
    assert history.progress("TIMED_OUT")[0][("", "Open")]["status"] == "stopped"


def test_given_a_long_result_then_it_is_cut_off() -> None:
    history = History()
    entered = history.add("TaskStateEntered", history.add("ExecutionStarted", 0), name="Long", input="{}")
    history.add("TaskStateExited", entered, name="Long", output="x" * 5_000)
    result = history.progress("SUCCEEDED")[0][("", "Long")]["result"]
    assert result == "x" * 4_000 + "…"
