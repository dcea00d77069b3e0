"""Runs the branch of one model of the state machine in this process: its real definition, with functions to call.

It knows what the definition uses: Task, Choice, Wait and Pass with paths such as `$.a.b`. Retries are left out.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_DEFINITION = json.loads((Path(__file__).parents[3] / "step_functions" / "retraining.asl.json").read_text())
_BRANCH = _DEFINITION["States"]["Each model"]["ItemProcessor"]

Function = Callable[[Any], Any]


def run_branch(given: dict[str, Any], functions: Mapping[str, Function], sleep: Callable[[float], None]) -> Any:
    """Return the result of the last state; `functions` are called by their package names."""
    name, data = _BRANCH["StartAt"], given
    while True:
        state = _BRANCH["States"][name]
        match state["Type"]:
            case "Task":
                data, name = _call(state, data, functions)
            case "Choice":
                name = next((rule["Next"] for rule in state["Choices"] if _holds(rule, data)), state.get("Default"))
            case "Wait":
                sleep(_read(data, state["SecondsPath"]))
                name = state["Next"]
            case _:
                data, name = {**data, state["ResultPath"].removeprefix("$."): state["Result"]}, state["Next"]
        if name is None:
            return data


def _call(state: Any, data: Any, functions: Mapping[str, Function]) -> tuple[Any, str | None]:
    function = functions[state["Resource"].removeprefix("${").removesuffix("_arn}")]
    try:
        result = function(_parameters(state, data))
    except Exception as error:
        (catch,) = state["Catch"]
        result, state = {"Error": type(error).__name__, "Cause": str(error)}, catch
    if "ResultPath" not in state:
        return result, state.get("Next")
    return {**data, state["ResultPath"].removeprefix("$."): result}, state.get("Next")


def _parameters(state: Any, data: Any) -> Any:
    if "Parameters" not in state:
        return data
    return {name.removesuffix(".$"): _parameter(name, value, data) for name, value in state["Parameters"].items()}


def _parameter(name: str, value: Any, data: Any) -> Any:
    if not name.endswith(".$"):
        return value
    return [_read(data, "$.model.solutionArn")] if "(" in value else _read(data, value)


def _read(data: Any, path: str) -> Any:
    for part in path.split(".")[1:]:
        data = data[part]
    return data


def _holds(rule: Any, data: Any) -> bool:
    wanted = rule["StringEquals"] if "StringEquals" in rule else rule["BooleanEquals"]
    return bool(_read(data, rule["Variable"]) == wanted)
