"""report_outcome: outcome, mail and ledger for each way that a run can end."""

import json
from typing import Any

import pytest

from local_aws.testing.personalize_account import PersonalizeAccount
from report_outcome.function import Settings, make_handler
from tests.unit.functions.fakes import FakeContext, FakeSns, FakeSsm
from tests.unit.functions.retraining import NDCG, NOW, RUN, SOLUTION, Campaign, model

NEW, OLD = f"{SOLUTION}/new", f"{SOLUTION}/old"

CHECK = {
    "decision": "train",
    "reason": "1204 new interactions since the last training (needed: 1000)",
    "newInteractions": 1204,
    "since": "2026-05-19T03:00:00+00:00",
    "trainingHoursThisMonth": 3.1,
    "automaticTraining": "off",
    "pause": None,
}
SETTLED = {"state": "settled", "servedSolutionVersionArn": OLD, "restored": False, "failureReason": None}
BEGUN = {"model": model(), "run": RUN, "overlap": "", "reconciliation": SETTLED}
STARTED = {**BEGUN, "check": CHECK, "version": {"solutionVersionArn": NEW}}
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
RESTORED = {**SETTLED, "restored": True}
UNHEALTHY = {"healthy": False, "reason": "recommendations for 8: only 0 items were recommended", "checks": []}
CRASH = {
    "Error": "Runtime.ExitError",
    "Cause": '{"errorType": "Runtime.ExitError", "errorMessage": "signal 9"}',
}


@pytest.fixture
def sns() -> FakeSns:
    return FakeSns()


@pytest.fixture
def report(account: PersonalizeAccount, ssm: FakeSsm, sns: FakeSns, context: FakeContext) -> Any:
    settings = Settings("test", "arn:aws:sns:eu-west-1:123456789012:topic", "/animal-recommender/test/models", 3)
    handler = make_handler(settings, personalize=account.client(), ssm=ssm, sns=sns, now=lambda: NOW)
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
        {**BEGUN, "error": CRASH},
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
    "crash before the start": (
        "failed",
        {**BEGUN, "reconciliation": {**SETTLED, "state": "pending"}, "error": CRASH},
        "while comparing the campaign with the ledger: Runtime.ExitError: signal 9",
    ),
    "not reconciled": (
        "failed",
        {**BEGUN, "reconciliation": {**SETTLED, "state": "failed", "failureReason": "no capacity"}},
        "the campaign does not serve the verified version: no capacity",
    ),
    "not restored": (
        "failed",
        {
            **DEPLOYED,
            "canary": UNHEALTHY,
            "restored": {**SETTLED, "state": "expired", "servedSolutionVersionArn": NEW, "failureReason": "too slow"},
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


FIRST = {"solutionVersionArn": OLD, "metrics": {}, "promotedAt": "2026-05-01", "previous": None}
CHANGE = {"kind": "promotion", "solutionVersionArn": NEW, "by": "run-1", "when": "2026-05-20T11:00:00+00:00"}


def test_given_a_promotion_when_reported_then_the_ledger_has_version_metrics_time_and_previous(
    report: Any, ssm: FakeSsm
) -> None:
    ssm.value = json.dumps({**FIRST, "change": CHANGE})

    report(*CASES["promoted"][:2])

    ledger = json.loads(ssm.value)
    assert (ledger["solutionVersionArn"], ledger["previous"], "change" in ledger) == (NEW, OLD, False)
    assert (ledger["metrics"][NDCG], ledger["trainingHours"], ledger["run"]) == (0.312, 0.42, "run-1")
    assert ledger["last"]["outcome"] == "promoted"
    report(*CASES["promoted"][:2])
    assert json.loads(ssm.value) == ledger


@pytest.mark.parametrize("change", [None, {**CHANGE, "kind": "rollback"}, {**CHANGE, "by": "run-0"}])
def test_given_a_promotion_that_the_ledger_does_not_have_when_reported_then_the_version_is_not_verified(
    report: Any, ssm: FakeSsm, change: Any
) -> None:
    found = FIRST | ({"change": change} if change else {})
    ssm.value = json.dumps(found)

    report(*CASES["promoted"][:2])

    assert {**json.loads(ssm.value), "last": None} == {**found, "last": None}


@pytest.mark.parametrize(
    "case", ["training failed", "update failed", "canary unhealthy", "not restored", "not reconciled"]
)
def test_given_a_failure_when_reported_then_the_ledger_keeps_the_verified_version_and_a_change_that_has_not_ended(
    case: str, report: Any, ssm: FakeSsm, sns: FakeSns
) -> None:
    ssm.value = json.dumps({**FIRST, "change": CHANGE})

    outcome = report(*CASES[case][:2])

    ledger = json.loads(ssm.value)
    assert (ledger["solutionVersionArn"], ledger["previous"], ledger["change"]) == (OLD, None, CHANGE)
    assert ledger["last"]["outcome"] == "failed"
    assert ("COULD NOT BE RESTORED" in sns.messages[0]["Subject"]) == (outcome["restored"] is False)
    assert (outcome["restored"] is False) == case.startswith("not ")


def test_given_a_version_that_is_rejected_after_all_when_reported_then_its_promotion_has_ended(
    report: Any, ssm: FakeSsm
) -> None:
    ssm.value = json.dumps({**FIRST, "change": CHANGE})

    report(*CASES["rejected"][:2])

    assert {**json.loads(ssm.value), "last": None} == {**FIRST, "last": None, "rejections": ["run-1"]}


def test_given_a_campaign_that_was_repaired_when_reported_then_the_mail_says_so(report: Any, sns: FakeSns) -> None:
    result, state, _ = CASES["rejected"]

    assert report(result, {**state, "reconciliation": RESTORED})["repaired"]

    assert "The run restored the verified one." in sns.messages[0]["Message"]


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


# --- rejections in a row


def rejected(number: int) -> Any:
    return "rejected", {**REJECTED, "run": {**RUN, "name": f"run-{number}"}}


def test_given_three_rejections_in_a_row_when_reported_then_the_ledger_has_a_pause_and_the_mail_says_so(
    report: Any, ssm: FakeSsm, sns: FakeSns
) -> None:
    ssm.value = json.dumps(FIRST)
    outcomes = [report(*rejected(number)) for number in (1, 2, 3)]

    pause = {"when": NOW.isoformat(), "run": "run-3", "rejections": 3}
    assert [outcome["pause"] for outcome in outcomes] == [None, None, pause]
    assert json.loads(ssm.value)["pause"] == pause
    before, last = sns.messages[1:]
    assert "PAUSED" not in before["Subject"]
    assert last["Subject"].startswith("[test] recommender rejected: PAUSED after 3 rejections in a row: NDCG@5")
    assert "So scheduled runs no longer train this model." in last["Message"]
    assert "make retrain ENV=test ARGS='--model recommender'. A promotion ends the pause." in last["Message"]


def test_given_a_report_that_is_repeated_when_rejected_then_it_counts_once(report: Any, ssm: FakeSsm) -> None:
    ssm.value = json.dumps(FIRST)
    for number in (1, 1, 1, 2, 2):
        report(*rejected(number))
    assert "pause" not in json.loads(ssm.value)

    first, again = report(*rejected(3)), report(*rejected(3))

    assert first["pause"] == again["pause"] is not None


def test_given_a_failure_between_rejections_when_reported_then_it_neither_counts_nor_ends_the_count(
    report: Any, ssm: FakeSsm
) -> None:
    ssm.value = json.dumps(FIRST)
    report(*rejected(1))
    report(*rejected(2))
    assert report(*CASES["training failed"][:2])["pause"] is None

    assert report(*rejected(3))["pause"]["rejections"] == 3


def test_given_a_paused_model_when_a_run_by_hand_promotes_then_the_pause_ends(report: Any, ssm: FakeSsm) -> None:
    ssm.value = json.dumps(FIRST)
    for number in (1, 2, 3, 4):
        report(*rejected(number))
    paused = json.loads(ssm.value)
    assert paused["pause"]["run"] == "run-3"  # the fourth, by hand, does not begin another one

    ssm.value = json.dumps({**paused, "change": CHANGE})
    report(*CASES["promoted"][:2])

    assert json.loads(ssm.value).keys() & {"pause", "rejections"} == set()


def test_given_a_paused_model_when_a_scheduled_run_skips_it_then_the_mail_says_what_ends_the_pause(
    report: Any, sns: FakeSns
) -> None:
    pause = {"when": "2026-05-19T03:00:00+00:00", "run": "run-0", "rejections": 3}
    check = {**CHECK, "decision": "skip", "reason": f"paused after 3 rejections, since {pause['when']}", "pause": pause}

    report("skipped", {**BEGUN, "check": check})

    assert sns.messages[0]["Subject"].startswith("[test] recommender skipped: paused after 3 rejections")
    assert "Scheduled runs do not train this model since 2026-05-19 03:00" in sns.messages[0]["Message"]
    assert "A promotion ends the pause." in sns.messages[0]["Message"]


# --- the newest version


def test_given_a_rejection_when_an_older_version_serves_then_mail_and_metric_say_for_how_long(
    report: Any, campaign: Campaign, sns: FakeSns, account: PersonalizeAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    old = account.add_version(SOLUTION, creationDateTime=NOW.replace(month=4))
    account.add_campaign("test", old)

    outcome = report(*CASES["rejected"][:2])

    assert outcome["standing"]["solutionVersionArn"] == old
    assert "no longer learns about new animals" in sns.messages[0]["Message"]
    of_model, _ = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert of_model["DaysNotNewest"] == [outcome["standing"]["daysNotNewest"]]


def test_given_personalize_that_fails_when_reported_then_the_mail_is_sent_without_the_standing(
    report: Any, account: PersonalizeAccount, sns: FakeSns, capsys: pytest.CaptureFixture[str]
) -> None:
    account.refuse_next("DescribeCampaign", "ThrottlingException")

    outcome = report(*CASES["rejected"][:2])

    assert outcome["standing"] is None
    assert len(sns.messages) == 1
    assert "DaysNotNewest" not in capsys.readouterr().out


def test_given_metrics_when_reported_then_the_mail_says_what_a_comparison_can_tell(report: Any, sns: FakeSns) -> None:
    report(*CASES["rejected"][:2])
    report(*CASES["training failed"][:2])

    with_metrics, without = (message["Message"] for message in sns.messages)
    assert "They do not show that more animals are adopted" in " ".join(with_metrics.split())
    assert "WHAT THE NUMBERS SAY" not in without
