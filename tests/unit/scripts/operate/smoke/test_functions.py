"""Calls of functions, and functions that are looked at."""

import base64
import json
from typing import Any

import pytest

import describe_campaign.function
import describe_solution_version.function
import evaluate_solution_version.function
import plan_retraining.function
from scripts.common.findings import State, run_check
from scripts.common.task import TaskError
from scripts.operate.smoke import functions
from scripts.operate.smoke.visitor import Visit
from tests.unit.scripts.operate.smoke.conftest import answering, deployment, only


def asked(function: str, answer: Any, log: str = "", error: str | None = None) -> Any:
    """What the smoke test finds when a function gives this answer."""
    encoded = base64.b64encode(log.encode()).decode()
    made = deployment(lambda_={"invoke": answering(answer, encoded, error)})
    visit = Visit(made, ["2-Pug-2-1", "1-Maine_Coon-4-3"], "smoke-test-1")
    requests = functions.requests_of_apps(visit) | {
        "put_events": ({}, lambda answer, log: functions._judge_batch(answer, log, "EventsAccepted", 2)),
        "normalize_events": ({}, lambda answer, _: functions._judge_lines(answer, visit.user)),
    }
    names = {f"functions/{name}": f"{name}:live" for name in ("rerank", "similar", "trending", "normalize_events")}
    made.names = {**made.names, **names}  # type: ignore[misc]
    return only(run_check(function, lambda: functions._call(made, function, *requests[function])))


def metric(value: int) -> str:
    return "cut off}\n" + json.dumps({"_aws": {}, "EventsAccepted": [value]}) + "\nREPORT"


def line(user: str, result: str = "Ok") -> dict[str, str]:
    return {"result": result, "data": base64.b64encode(json.dumps({"userId": user}).encode()).decode()}


GOOD = {
    "recommend": ([{"id": "2-Pug-2-1", "source": "personalize"}], ""),
    "rerank": ({"ranking": ["1", "0"], "source": "personalize"}, ""),
    "similar": ([{"id": "2-Pug-2-1", "source": "same-group", "pet": {"id": "1"}}], ""),
    "trending": ([], ""),
    "get_history": ({"events": []}, ""),
    "put_events": ({"batchItemFailures": []}, metric(2)),
    "normalize_events": ({"records": [line("smoke-test-1"), line("smoke-test-1")]}, ""),
}
WRONG = {
    "recommend-nothing": ("recommend", [], "", "recommends nothing"),
    "recommend-popular": ("recommend", [{"id": "a", "source": "popular"}], "", "without Personalize"),
    "recommend-refused": ("recommend", {"errors": [{"field": "userId"}]}, "", "refused the request"),
    "similar-degraded": ("similar", [{"id": "a", "source": "popular", "pet": None}], "", "without pets"),
    "rerank-lost": ("rerank", {"ranking": ["1"], "source": "personalize"}, "", "every animal once"),
    "rerank-input": ("rerank", {"ranking": ["0", "1"], "source": "input"}, "", "without Personalize"),
    "put_events-none": ("put_events", {"batchItemFailures": []}, metric(0), "delivered 0 of 2 events"),
    "put_events-no-metric": ("put_events", {"batchItemFailures": []}, "", "delivered 0 of 2 events"),
    "put_events-again": ("put_events", {"batchItemFailures": [{}]}, metric(2), "see its log"),
    "normalize-failed": ("normalize_events", {"records": [line("smoke-test-1", "ProcessingFailed")]}, "", "its log"),
    "normalize-other": ("normalize_events", {"records": [line("12345")]}, "", "its log"),
}


@pytest.mark.parametrize("function", GOOD)
def test_given_a_good_answer_then_it_is_told_with_its_time(function: str) -> None:
    found = asked(function, *GOOD[function])
    assert found.state is State.OK
    assert " s" in found.detail


@pytest.mark.parametrize("case", WRONG)
def test_given_a_wrong_answer_then_the_call_fails_and_says_why(case: str) -> None:
    function, answer, log, told = WRONG[case]
    found = asked(function, answer, log)
    assert found.state is State.FAILED
    assert told in found.detail


def test_given_a_function_that_raises_then_its_error_is_told() -> None:
    found = asked("get_history", {"errorType": "ValueError", "errorMessage": "no table"}, error="Unhandled")
    assert (found.state, found.detail) == (State.FAILED, "could not be checked: it failed: ValueError: no table")


@pytest.mark.parametrize(
    ("state", "update", "good"),
    [
        ("Active", "Successful", True),
        ("Inactive", "Successful", True),
        ("Pending", "Successful", False),
        ("Failed", "Successful", False),
        ("Active", "Failed", False),
        ("Active", "InProgress", False),
    ],
)
def test_given_a_function_that_changes_models_then_it_is_looked_at_and_that_is_said(
    state: str, update: str, good: bool
) -> None:
    asked: list[Any] = []

    def configuration(**request: Any) -> dict[str, str]:
        asked.append(request)
        return {"State": state, "LastUpdateStatus": update, "Version": "7"}

    made = deployment(lambda_={"get_function_configuration": configuration})
    found = only(functions._look_at(made, "update_campaign"))
    assert found.state is (State.OK if good else State.FAILED)
    assert "only looked at" in found.detail
    assert asked == [{"FunctionName": "test-animal-recommender-update-campaign", "Qualifier": "live"}]


def test_given_a_function_that_is_not_published_then_that_is_told() -> None:
    with pytest.raises(TaskError, match="not published"):
        functions.invoke(deployment(lambda_={"invoke": None}), "rerank", {})


def test_given_the_functions_of_a_run_then_they_are_asked_for_exactly_what_they_read() -> None:
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/a"
    campaign = {"campaign": {"solutionVersionArn": "arn:version"}}
    made = deployment({"campaigns/recommender": arn}, personalize={"describe_campaign": campaign})
    payloads = {name: set(payload) for name, (payload, _) in functions.requests_of_runs(made).items()}
    payloads["evaluate_solution_version"] = set(functions.evaluation_input({}, "arn:version"))
    assert payloads == {
        "plan_retraining": set(plan_retraining.function.PlanInput.__annotations__),
        "describe_campaign": set(describe_campaign.function.DescribeInput.__annotations__),
        "describe_solution_version": set(describe_solution_version.function.DescribeInput.__annotations__),
        "evaluate_solution_version": set(evaluate_solution_version.function.EvaluateInput.__annotations__),
    }
