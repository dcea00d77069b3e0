"""The schedule and the subscriptions."""

import pytest

from scripts.common.findings import State
from scripts.operate.smoke import settings
from tests.unit.scripts.operate.smoke.conftest import MACHINE, deployment, only

PENDING = "PendingConfirmation"


def schedule(state: str = "ENABLED", target: str = MACHINE) -> dict[str, object]:
    return {"State": state, "ScheduleExpression": "cron(0 3 * * ? *)", "Target": {"Arn": target}}


def test_given_an_enabled_schedule_then_it_is_good() -> None:
    made = deployment(scheduler={"get_schedule": schedule()})
    assert only(settings.check_schedule(made)).state is State.OK


@pytest.mark.parametrize("wrong", [schedule("DISABLED"), schedule(target="arn:aws:states:::stateMachine:other")])
def test_given_a_schedule_that_starts_no_retraining_then_it_fails_and_says_what_to_do(wrong: dict[str, object]) -> None:
    found = only(settings.check_schedule(deployment(scheduler={"get_schedule": wrong})))
    assert (found.state, found.remedy) == (State.FAILED, "make apply ENV=test")


@pytest.mark.parametrize(("enabled", "state"), [(False, State.NOTE), (True, State.FAILED), (None, State.FAILED)])
def test_given_a_disabled_schedule_then_the_tfvars_say_whether_it_is_meant(
    monkeypatch: pytest.MonkeyPatch, enabled: bool | None, state: State
) -> None:
    variables = {"retraining": {"enabled": enabled}}
    monkeypatch.setattr(settings.terraform, "known_environments", lambda: ["test"])
    monkeypatch.setattr(settings.tfvars, "read", lambda _: settings.tfvars.Configuration(variables, {}))
    made = deployment(scheduler={"get_schedule": schedule("DISABLED")})
    assert only(settings.check_schedule(made)).state is state


@pytest.mark.parametrize(
    ("arns", "state", "detail"),
    [
        ([], State.NOTE, "nobody gets mails of alarms and retrainings"),
        (["arn:1", "arn:2"], State.OK, "2 subscriptions, all confirmed"),
        (["arn:1", PENDING], State.FAILED, "1 of 2 subscriptions not confirmed"),
        ([PENDING], State.FAILED, "1 of 1 subscription not confirmed"),
    ],
)
def test_given_subscriptions_then_a_pending_one_fails(arns: list[str], state: State, detail: str) -> None:
    subscriptions = [{"SubscriptionArn": arn, "Endpoint": "ann@example.org"} for arn in arns]
    found = only(
        settings.check_subscriptions(deployment(sns={"list_subscriptions_by_topic": {"Subscriptions": subscriptions}}))
    )
    assert (found.state, found.detail) == (state, detail)
