"""Every function: those that change nothing, or only the smoke test's visitor, are called; the others are looked at."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from animal_recommender.retraining.campaign_status import served_version
from scripts.common.findings import Finding, State, run_check
from scripts.common.task import TaskError
from scripts.common.terminal import plural
from scripts.operate.deployed_models import find_model
from scripts.operate.deployment import Deployment
from scripts.operate.smoke.visitor import Visit

Judge = Callable[[Any, str], str]  # of an answer and the end of the log: what is good about it; raises TaskError
_FUNCTIONS = "functions/"
_MODEL = "recommender"  # every deployment has it
_TIMEOUT = 60


def invoke(deployment: Deployment, name: str, payload: Any) -> tuple[Any, str]:
    """Invoke a function by its alias `live`; return its answer and the end of its log.

    Raises:
        TaskError: The function failed, or refused the request.
    """
    answer = deployment.aws.client("lambda").invoke(
        FunctionName=deployment.name(f"{_FUNCTIONS}{name}"), Payload=json.dumps(payload).encode(), LogType="Tail"
    )
    document = json.load(answer["Payload"])
    if answer.get("FunctionError"):
        raise TaskError(f"it failed: {document.get('errorType')}: {document.get('errorMessage')}")
    if isinstance(document, Mapping) and document.get("errors"):
        raise TaskError(f"it refused the request: {document['errors']}")
    return document, base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace")


def read_metric(lines: Iterable[str], name: str) -> float | None:
    """Return the sum of a metric in lines of a log in CloudWatch's embedded metric format; None if it is in none."""
    found: list[float] = []
    for line in lines:
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict) and "_aws" in document and name in document:
            value = document[name]
            found += value if isinstance(value, list) else [value]
    return sum(found) if found else None


def requests_of_apps(visit: Visit) -> dict[str, tuple[Any, Judge]]:
    """Return what the smoke test asks each function that apps call, and how it judges the answers."""
    animals = visit.animals
    items = [{"itemId": str(number), "animalMetadata": animal} for number, animal in enumerate(animals)]
    return {
        "recommend": ({"userId": visit.user, "limit": 3}, _judge_recommendations),
        "rerank": (
            {"userId": visit.user, "itemMetadataList": items},
            lambda answer, _: _judge_ranking(answer, len(items)),
        ),
        "similar": ({"userId": visit.user, "animalMetadata": animals[0], "limit": 3}, _judge_pets),
        "trending": ({"userId": visit.user, "limit": 3}, _judge_pets),
        "get_history": ({"userId": visit.user}, lambda answer, _: plural(len(answer["events"]), "event")),
    }


def _judge_recommendations(answer: Any, _: str) -> str:
    if not answer:
        raise TaskError("it recommends nothing")
    _require_personalize({one["source"] for one in answer})
    return f"{plural(len(answer), 'group')} from Personalize"


def _judge_pets(answer: Any, _: str) -> str:
    """Judge an answer that has pets: none is right where the catalogue has none."""
    degraded = [one for one in answer if one["pet"] is None]
    if degraded:
        raise TaskError("it answers without pets: the catalogue does not answer")
    return plural(len(answer), "pet")


def _judge_ranking(answer: Any, count: int) -> str:
    if sorted(answer["ranking"]) != [str(number) for number in range(count)]:
        raise TaskError("it does not return every animal once")
    _require_personalize({answer["source"]})
    return f"{plural(count, 'animal')} ranked by Personalize"


def _require_personalize(sources: set[str]) -> None:
    if sources != {"personalize"}:
        raise TaskError("it answers without Personalize: docs/operations.md, `Degraded answers`, says where to look")


def check_functions(visit: Visit) -> Iterator[Finding]:
    """Call or look at each function that is deployed."""
    calls: dict[str, Callable[[], Iterator[Finding]]] = {
        name: partial(_call, visit.deployment, name, *request) for name, request in _all_requests(visit).items()
    }
    calls["evaluate_solution_version"] = partial(_evaluate, visit.deployment)
    names = sorted(key.removeprefix(_FUNCTIONS) for key in visit.deployment.names if key.startswith(_FUNCTIONS))
    for name in names:
        yield from run_check(name, calls.get(name) or partial(_look_at, visit.deployment, name))


def _all_requests(visit: Visit) -> dict[str, tuple[Any, Judge]]:
    batch = visit.batch()
    expected = len(batch["Records"])
    return {
        **requests_of_apps(visit),
        **requests_of_runs(visit.deployment),
        "put_events": (batch, lambda answer, log: _judge_batch(answer, log, "EventsAccepted", expected)),
        "record_history": (batch, lambda answer, log: _judge_batch(answer, log, "HistoryRecorded", expected)),
        "normalize_events": (_firehose_batch(batch), lambda answer, _: _judge_lines(answer, visit.user)),
    }


def requests_of_runs(deployment: Deployment) -> dict[str, tuple[Any, Judge]]:
    """Return what the smoke test asks the functions of the retraining that only read, as a run would ask them."""
    model = find_model(deployment, _MODEL)
    version = served_version(model.describe_campaign())
    return {
        "plan_retraining": (_plan_input(deployment), lambda answer, _: plural(len(answer["models"]), "model")),
        "describe_campaign": (
            {"campaignArn": model.campaign_arn, "solutionVersionArn": version, "timeoutSeconds": _TIMEOUT},
            lambda answer, _: f"{_MODEL} is {answer['state']}",
        ),
        "describe_solution_version": (
            {"solutionVersionArn": version, "popularity": {}, "timeoutSeconds": _TIMEOUT},
            lambda answer, _: f"the version of {_MODEL} is {answer['state']}",
        ),
    }


def _call(deployment: Deployment, name: str, payload: Any, judge: Judge) -> Iterator[Finding]:
    began = time.monotonic()
    answer, log = invoke(deployment, name, payload)
    yield Finding(name, State.OK, f"{judge(answer, log)}, in {time.monotonic() - began:,.1f} s")


def _judge_batch(answer: Any, log: str, metric: str, expected: int) -> str:
    accepted = read_metric(log.splitlines(), metric)
    if answer["batchItemFailures"] or accepted != expected:
        raise TaskError(f"it delivered {accepted or 0:g} of {plural(expected, 'event')} ({metric}): see its log")
    return f"{plural(accepted, 'event')} delivered ({metric})"


def _firehose_batch(batch: Mapping[str, Any]) -> dict[str, Any]:
    """Return a batch as Firehose gives it to its transformation."""
    records = [{"recordId": str(number), "data": one["kinesis"]["data"]} for number, one in enumerate(batch["Records"])]
    return {"invocationId": "smoke-test", "records": records}


def _judge_lines(answer: Any, user: str) -> str:
    lines = [base64.b64decode(one["data"]) for one in answer["records"] if one["result"] == "Ok"]
    if len(lines) != len(answer["records"]) or not all(user.encode() in line for line in lines):
        raise TaskError("it did not return each event as a line: see its log")
    return f"{plural(len(lines), 'line')} for the raw store"


def _plan_input(deployment: Deployment) -> dict[str, Any]:
    """Return the input of a run's first step, of a run that does not exist; the function only reads."""
    machine = deployment.name("state-machine")
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:smoke-test"
    now = datetime.now(UTC).isoformat()
    return {"executionArn": execution, "stateMachineArn": machine, "startedAt": now, "input": {}}


def _evaluate(deployment: Deployment) -> Iterator[Finding]:
    """Let the gate judge the version that serves, by the rules that a run would have. Nothing changes."""
    plan, _ = invoke(deployment, "plan_retraining", _plan_input(deployment))
    model = next(one for one in plan["models"] if one["name"] == _MODEL)
    version = served_version(find_model(deployment, _MODEL).describe_campaign())
    yield from _call(
        deployment,
        "evaluate_solution_version",
        evaluation_input(model, version),
        lambda answer, _: f"{plural(len(answer['rules']), 'rule')} applied to the version that serves",
    )


def evaluation_input(model: Any, version: str) -> dict[str, Any]:
    """Return what evaluate_solution_version is asked about a version of a model, as the plan describes it."""
    return {"model": model, "solutionVersionArn": version, "popularity": None}


def _look_at(deployment: Deployment, name: str) -> Iterator[Finding]:
    """Find out whether a function could be called that this test does not call: it changes models, or asks for more."""
    function, _, alias = deployment.name(f"{_FUNCTIONS}{name}").partition(":")
    found = deployment.aws.client("lambda").get_function_configuration(FunctionName=function, Qualifier=alias)
    state, update = found.get("State", "unknown"), found.get("LastUpdateStatus", "unknown")
    detail = f"only looked at, not called: {alias} is version {found['Version']}, {state}, update {update}"
    # Inactive: not called for long, and made ready by the next call.
    good = state in ("Active", "Inactive") and update == "Successful"
    yield Finding(name, State.OK if good else State.FAILED, detail, f"make apply ENV={deployment.environment}")
