"""check_interactions: whether a training is due, and whether there is budget for it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from check_interactions.function import Settings, decide, make_handler
from check_interactions.history import TrainingHistory
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.fakes import FakeCloudWatch, FakeContext, FakeSsm
from tests.unit.functions.retraining import NOW, RUN, SOLUTION, model

PAUSE = {"when": "2026-05-19T03:00:00+00:00", "run": "run-0", "rejections": 3}


def make(account: PersonalizeAccount, now: Callable[[], datetime], ssm: FakeSsm, cloudwatch: FakeCloudWatch) -> Any:
    settings = Settings("put-events", "/models")
    return make_handler(settings, personalize=account.client(), cloudwatch=cloudwatch, ssm=ssm, now=now)


TRAINED = TrainingHistory(last_trained=NOW, last_hours=2.0, month_hours=5.0, in_training=None)


@pytest.mark.parametrize(
    ("count", "decision", "reason"),
    [
        (99, "skip", "99 new interactions since the last training, but 100 are needed"),
        (100, "train", "100 new interactions since the last training (needed: 100)"),
        (None, "train", "the model was never trained"),
    ],
)
def test_given_a_count_when_decided_then_the_reason_has_the_numbers(count: Any, decision: str, reason: str) -> None:
    assert decide(model(), TRAINED, count) == (decision, reason)


@pytest.mark.parametrize(("budget", "decision"), [(6.9, "skip"), (7.0, "train"), (None, "train")])
def test_given_a_budget_when_another_training_would_exceed_it_then_it_is_refused(budget: Any, decision: str) -> None:
    decided, reason = decide(model(monthlyTrainingHours=budget), TRAINED, 1000)

    assert decided == decision
    assert ("budget of 6.9 hours" in reason) == (decision == "skip")


def test_given_a_training_in_progress_when_decided_then_no_second_one_is_started() -> None:
    history = TrainingHistory(NOW, 0, 0, in_training="arn:other")

    assert decide(model(), history, 1000) == ("skip", "a training is already in progress: arn:other")


def test_given_a_trained_model_when_checked_then_the_result_has_every_number(
    account: PersonalizeAccount, now: Callable[[], datetime], context: FakeContext, ssm: FakeSsm
) -> None:
    account.add_solution("test", performAutoTraining=True)
    begun = NOW - timedelta(days=3)
    account.add_version(SOLUTION, creationDateTime=begun, trainingHours=2.5)
    cloudwatch = FakeCloudWatch([70.0], [50.0])
    handler = make(account, now, ssm, cloudwatch)

    check = handler({"model": model(), "run": RUN}, context)

    assert datetime.fromisoformat(check.pop("since")) == begun
    assert check == {
        "decision": "train",
        "reason": "120 new interactions since the last training (needed: 100)",
        "newInteractions": 120,
        "trainingHoursThisMonth": 2.5,
        "automaticTraining": "switched off",
        "pause": None,
    }


def test_given_a_model_that_was_never_trained_when_checked_then_nothing_is_counted(
    account: PersonalizeAccount, now: Callable[[], datetime], context: FakeContext, ssm: FakeSsm
) -> None:
    account.add_solution("test")
    cloudwatch = FakeCloudWatch()
    handler = make(account, now, ssm, cloudwatch)

    check = handler({"model": model(), "run": RUN}, context)

    assert (check["decision"], check["newInteractions"], check["since"]) == ("train", None, None)
    assert cloudwatch.get_metric_data.request == {}


@pytest.mark.parametrize(
    ("scheduled", "decision", "reason"),
    [
        (True, "skip", "paused after 3 rejections, since 2026-05-19T03:00:00+00:00"),
        (False, "train", "the model was never trained"),
    ],
)
def test_given_a_paused_model_when_checked_then_only_a_scheduled_run_skips_it(
    account: PersonalizeAccount,
    now: Callable[[], datetime],
    context: FakeContext,
    ssm: FakeSsm,
    scheduled: bool,
    decision: str,
    reason: str,
) -> None:
    account.add_solution("test")
    ssm.value = json.dumps({"solutionVersionArn": "old", "promotedAt": "2026-05-01", "pause": PAUSE})
    handler = make(account, now, ssm, FakeCloudWatch())

    check = handler({"model": model(), "run": {**RUN, "scheduled": scheduled}}, context)

    assert (check["decision"], check["reason"], check["pause"]) == (decision, reason, PAUSE)
