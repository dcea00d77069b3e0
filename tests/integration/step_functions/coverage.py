"""Which states and transitions of the state machine a number of executions went through."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.integration.step_functions.stack import ROOT

Transition = tuple[str, str, str]  # from, to, and how: "next" or "catch"

_FAILED = ("Failed", "TimedOut", "StartFailed", "SubmitFailed")


def definition() -> dict[str, dict[str, Any]]:
    """Return every state of the machine by name, those of the Map included."""
    top = json.loads((ROOT / "step_functions" / "retraining.asl.json").read_text())["States"]
    return top | top["Each model"]["ItemProcessor"]["States"]


def defined() -> set[Transition]:
    """Return every transition of the definition."""
    return {transition for name, state in definition().items() for transition in _leaving(name, state)}


def _leaving(name: str, state: dict[str, Any]) -> Iterator[Transition]:
    following = [state.get("Next"), state.get("Default"), *(rule["Next"] for rule in state.get("Choices", ()))]
    yield from ((name, to, "next") for to in following if to)
    yield from ((name, rule["Next"], "catch") for rule in state.get("Catch", ()))


def visited(histories: Iterable[list[dict[str, Any]]]) -> tuple[set[str], set[Transition]]:
    """Return the states entered and the transitions made in the histories."""
    states: set[str] = set()
    transitions: set[Transition] = set()
    for history in histories:
        events = {event["id"]: event for event in history}
        for event in history:
            if entered := event.get("stateEnteredEventDetails"):
                states.add(entered["name"])
                transitions.update(_arriving(events, event, entered["name"]))
    return states, transitions


def missing(histories: Iterable[list[dict[str, Any]]]) -> list[str]:
    """Describe the states and transitions that no history visits."""
    states, transitions = visited(histories)
    unvisited = [f"{start} -> {to} ({how})" for start, to, how in defined() - transitions]
    return sorted([*(definition().keys() - states), *unvisited])


def _arriving(events: dict[int, dict[str, Any]], event: dict[str, Any], name: str) -> Iterator[Transition]:
    before = events.get(event["previousEventId"])
    while before and "stateExitedEventDetails" not in before:
        if before["type"] in ("MapIterationStarted", "ExecutionStarted", "MapStateStarted"):
            return  # the first state of its machine
        before = events.get(before["previousEventId"])
    if before:
        cause = events.get(before["previousEventId"], {"type": ""})["type"]
        how = "catch" if cause.endswith(_FAILED) else "next"
        yield before["stateExitedEventDetails"]["name"], name, how


def report(histories: list[list[dict[str, Any]]]) -> str:
    """Return a table of all states and transitions that marks the visited ones."""
    states, transitions = visited(histories)
    lines = [f"{len(histories)} executions"]
    for name in definition():
        lines.append(f"{'x' if name in states else ' '} {name}")
        for leaving in sorted(transition for transition in defined() if transition[0] == name):
            lines.append(f"    {'x' if leaving in transitions else ' '} {leaving[2]:<5} -> {leaving[1]}")
    return "\n".join(lines)
