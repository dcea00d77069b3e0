"""report_outcome: outcome, mail and ledger for each way that a run can end."""

import json
from typing import Any

import pytest

from report_outcome.function import Settings, make_handler
from tests.unit.functions.fakes import FakeContext, FakeSns, FakeSsm
from tests.unit.functions.retraining import NDCG, NOW, RUN, SOLUTION, model

NEW, OLD = f"{SOLUTION}/new", f"{SOLUTION}/old"

CHECK = {
    "decision": "train",
    "reason": "1204 new interactions since the last training (needed: 1000)",
    "newInteractions": 1204,
    "since": "2026-05-19T03:00:00+00:00",
    "trainingHoursThisMonth": 3.1,
    "automaticTraining": "off",
}
STARTED = {"model": model(), "run": RUN, "overlap": "", "check": CHECK, "version": {"solutionVersionArn": NEW}}
TRAINED = {**STARTED, "training": {"state": "active", "status": "ACTIVE", "trainingHours": 0.42, "failureReason": None}}
THRESHOLD = {
    "rule": "threshold",
    "metric": NDCG,
    "value": 0.312,
    "required": 0.01,
    "passed": True,
    "text": "NDCG@5 0.3120, must be above 0.0100",
}
EVALUATED = {
    **TRAINED,
    "evaluation": {
        "decision": "promote",
        "reason": "every rule of the gate is met",
        "metrics": {NDCG: 0.312, "coverage": 0.45},
        "deployed": {"solutionVersionArn": OLD, "metrics": {NDCG: 0.287}},
        "rules": [THRESHOLD],
    },
}
REJECTED = {
    **EVALUATED,
    "evaluation": {
        **EVALUATED["evaluation"],
        "decision": "reject",
        "reason": "NDCG@5 0.3120, must be above 0.9900",
        "rules": [{**THRESHOLD, "passed": False, "required": 0.99, "text": "NDCG@5 0.3120, must be above 0.9900"}],
    },
}
SERVING = {"state": "serving", "servedSolutionVersionArn": NEW, "failureReason": None}
DEPLOYED = {**EVALUATED, "update": {"state": "requested"}, "campaign": SERVING}
RESTORED = {"state": "serving", "servedSolutionVersionArn": OLD, "failureReason": None}
UNHEALTHY = {"healthy": False, "reason": "recommendations for 8: only 0 items were recommended", "checks": []}
CRASH = {
    "Error": "Runtime.ExitError",
    "Cause": '{"errorType": "Runtime.ExitError", "errorMessage": "signal 9"}',
}


@pytest.fixture
def ssm() -> FakeSsm:
    return FakeSsm()


@pytest.fixture
def sns() -> FakeSns:
    return FakeSns()


@pytest.fixture
def report(ssm: FakeSsm, sns: FakeSns, context: FakeContext) -> Any:
    settings = Settings("test", "arn:aws:sns:eu-west-1:123456789012:topic", "/animal-recommender/test/models")
    handler = make_handler(settings, ssm=ssm, sns=sns, now=lambda: NOW)
    return lambda outcome, state: handler({**state, "outcome": outcome}, context)


CASES = {
    "promoted": ("promoted", {**DEPLOYED, "canary": {"healthy": True, "reason": "3 of 3", "checks": []}}, None),
    "rejected": ("rejected", REJECTED, None),
    "skipped, too few": (
        "skipped",
        {**STARTED, "check": {**CHECK, "decision": "skip", "reason": "3 new, 9 needed"}},
        None,
    ),
    "skipped, overlap": ("skipped", {"model": model(), "run": RUN, "overlap": "the run r0 is still in progress"}, None),
    "training failed": (
        "failed",
        {**STARTED, "training": {"state": "failed", "failureReason": "Too few users", "trainingHours": None}},
        "the training failed: Too few users",
    ),
    "training expired": (
        "failed",
        {
            **STARTED,
            "training": {"state": "expired", "failureReason": "still CREATE IN_PROGRESS", "trainingHours": None},
            "stopped": {"solutionVersionArns": [NEW]},
        },
        "the training failed: still CREATE IN_PROGRESS",
    ),
    "crash at the start": (
        "failed",
        {"model": model(), "run": RUN, "overlap": "", "error": CRASH},
        "while checking for new interactions: Runtime.ExitError: signal 9",
    ),
    "crash while waiting": (
        "failed",
        {
            **STARTED,
            "training": {"state": "pending", "failureReason": None, "trainingHours": None},
            "error": CRASH,
            "stopError": CRASH,
        },
        "while waiting for the training: Runtime.ExitError: signal 9",
    ),
    "update failed": (
        "failed",
        {
            **DEPLOYED,
            "campaign": {"state": "failed", "servedSolutionVersionArn": OLD, "failureReason": "no capacity"},
            "restored": RESTORED,
        },
        "the campaign was not updated: no capacity",
    ),
    "canary unhealthy": (
        "failed",
        {**DEPLOYED, "canary": UNHEALTHY, "restored": RESTORED},
        f"the campaign's responses did not pass the check: {UNHEALTHY['reason']}",
    ),
    "not restored": (
        "failed",
        {
            **DEPLOYED,
            "canary": UNHEALTHY,
            "restored": {"state": "expired", "servedSolutionVersionArn": NEW, "failureReason": "too slow"},
        },
        f"the campaign's responses did not pass the check: {UNHEALTHY['reason']}",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_given_any_ending_when_reported_then_the_mail_says_what_why_and_what_to_do(
    case: str, report: Any, sns: FakeSns
) -> None:
    result, state, failure = CASES[case]

    outcome = report(result, state)

    (message,) = sns.messages
    print(f"\n{message['Subject']}\n{'-' * len(message['Subject'])}\n{message['Message']}")
    assert outcome["failureReason"] == failure
    assert message["Subject"].startswith(f"[test] recommender {result}: ")
    assert len(message["Subject"]) <= 100
    assert message["Subject"].isascii()
    assert outcome["reason"] in message["Message"]
    assert all(part in message["Message"] for part in ("WHY", "WHAT TO DO", "ENV=test", RUN["executionArn"]))
    assert json.loads(message["MessageAttributes"]["result"]["StringValue"]) == outcome


def test_given_a_promotion_when_reported_then_the_ledger_has_version_metrics_time_and_previous(
    report: Any, ssm: FakeSsm
) -> None:
    report(*CASES["promoted"][:2])

    ledger = json.loads(ssm.value)
    assert (ledger["solutionVersionArn"], ledger["previous"]) == (NEW, OLD)
    assert (ledger["metrics"][NDCG], ledger["trainingHours"], ledger["run"]) == (0.312, 0.42, "run-1")
    assert ledger["last"]["outcome"] == "promoted"


def test_given_a_repeated_call_when_reported_then_the_ledger_stays_the_same(report: Any, ssm: FakeSsm) -> None:
    report(*CASES["promoted"][:2])
    first = json.loads(ssm.value)
    report(*CASES["promoted"][:2])

    again = json.loads(ssm.value)
    assert {**again, "last": None, "promotedAt": None} == {**first, "last": None, "promotedAt": None}


@pytest.mark.parametrize("case", ["rejected", "training failed", "update failed", "canary unhealthy"])
def test_given_no_promotion_when_reported_then_the_ledger_still_says_what_serves(
    case: str, report: Any, ssm: FakeSsm
) -> None:
    ssm.value = json.dumps({"solutionVersionArn": OLD, "metrics": {}, "promotedAt": "2026-05-01", "previous": None})

    report(*CASES[case][:2])

    ledger = json.loads(ssm.value)
    assert (ledger["solutionVersionArn"], ledger["promotedAt"]) == (OLD, "2026-05-01")
    assert ledger["last"]["outcome"] == CASES[case][0]


def test_given_a_previous_version_that_could_not_be_restored_when_reported_then_the_ledger_says_what_serves(
    report: Any, ssm: FakeSsm, sns: FakeSns
) -> None:
    ssm.value = json.dumps({"solutionVersionArn": OLD, "metrics": {}, "promotedAt": "2026-05-01", "previous": None})

    outcome = report(*CASES["not restored"][:2])

    ledger = json.loads(ssm.value)
    assert (ledger["solutionVersionArn"], ledger["previous"], outcome["restored"]) == (NEW, OLD, False)
    assert "COULD NOT BE RESTORED" in sns.messages[0]["Subject"]


def test_given_a_skip_when_reported_then_the_ledger_is_not_changed(report: Any, ssm: FakeSsm) -> None:
    report(*CASES["skipped, overlap"][:2])

    assert ssm.writes == 0


@pytest.mark.parametrize(
    ("case", "stopped", "words"),
    [
        ("training expired", True, "The training was stopped, so it costs nothing more."),
        ("crash while waiting", False, "The training could NOT be stopped. It may still be running and cost money."),
        ("training failed", None, ""),
    ],
)
def test_given_a_training_that_had_to_be_stopped_when_reported_then_the_mail_says_whether_it_was(
    case: str, stopped: Any, words: str, report: Any, sns: FakeSns
) -> None:
    assert report(*CASES[case][:2])["trainingStopped"] is stopped
    assert words in sns.messages[0]["Message"]


def test_given_automatic_training_that_was_on_when_reported_then_the_mail_says_so(report: Any, sns: FakeSns) -> None:
    result, state, _ = CASES["rejected"]

    report(result, {**state, "check": {**CHECK, "automaticTraining": "switched off"}})

    assert "automatic training was on. This run switched it off." in sns.messages[0]["Message"]


def test_given_an_outcome_when_reported_then_the_metrics_are_counted_for_the_model_and_for_all(
    report: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    report(*CASES["promoted"][:2])

    of_model, of_all = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (of_model["ModelPromoted"], of_model["TrainingHours"], of_model[NDCG]) == ([1.0], [0.42], [0.312])
    assert (of_model["model"], of_model["service"]) == ("recommender", "test-animal-recommender")
    assert "model" not in of_all
    assert {name: of_all[name] for name in of_all if name.startswith(("Model", "Training"))} == {
        "ModelPromoted": [1.0],
        "ModelRejected": [0.0],
        "ModelFailed": [0.0],
        "ModelSkipped": [0.0],
        "TrainingHours": [0.42],
    }
