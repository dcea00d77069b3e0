"""A run may end at any moment: then the ledger is true, and the next run leaves a verified version serving.

The functions that change the campaign are the real ones, in the real definition of the state machine. The program is
killed before and after each of their calls of AWS.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import evaluate_solution_version.function as evaluate
import reconcile_campaign.function as reconcile
import report_outcome.function as report
import update_campaign.function as update
from describe_campaign.function import make_handler as make_describe
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.support.interruptions import Calls, Killed
from tests.unit.functions.fakes import FakeContext, FakeSns, FakeSsm
from tests.unit.functions.retraining import CAMPAIGN, NDCG, RUN, Campaign, model
from tests.unit.functions.state_machine import run_branch

METRICS = {NDCG: 0.3, "coverage": 0.5}
WAITING = {"campaignPollSeconds": 1, "trainingPollSeconds": 1}
LIMITS = {"campaignTimeoutSeconds": 60, "trainingTimeoutSeconds": 60}
NEVER = 10_000
AFTER_UPDATE = 17  # the moment of a run right after UpdateCampaign


class Runs:
    """Runs of the test model. `verified` are the versions that may ever serve, or be gone back to."""

    def __init__(self, account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, context: FakeContext) -> None:
        self._account, self._ssm, self._context = account, ssm, context
        self._solution = campaign.versions["old"].rpartition("/")[0]
        old = account.add_version(self._solution, metrics=METRICS)
        account.add_campaign("test", old)
        ssm.value = json.dumps(campaign.ledger() | {"solutionVersionArn": old})
        self.verified = {old}

    def run(self, name: str, kill_at: int = NEVER, due: bool = True, healthy: bool = True) -> Any:
        """Run to the end, or until it is killed; return the outcome or None."""
        calls = Calls(kill_at)
        given = {"model": model(), "run": {**RUN, "name": name, "startedAt": self._now().isoformat()}}
        given |= {"overlap": "", "popularity": {}}
        try:
            return run_branch(
                {**given, "waiting": WAITING | LIMITS}, self._functions(calls, due, healthy), self._account.clock.sleep
            )
        except Killed:
            self._account.clock.sleep(10)
            return None

    def served(self) -> str:
        """Return the ARN of the version that the campaign serves."""
        found = self._account.client().describe_campaign(campaignArn=CAMPAIGN)
        return str(found["campaign"]["solutionVersionArn"])

    def ledger(self) -> Any:
        """Return the ledger."""
        return json.loads(self._ssm.value)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._account.clock(), UTC)

    def _functions(self, calls: Calls, due: bool, healthy: bool) -> dict[str, Callable[[Any], Any]]:
        personalize, ssm = calls.watch(self._account.client()), calls.watch(self._ssm)
        clients = {"personalize": personalize, "ssm": ssm, "now": self._now}
        version = self._account.add_version(self._solution, metrics=METRICS)
        handlers = {
            "reconcile_campaign": reconcile.make_handler(reconcile.Settings("/models"), **clients),
            "update_campaign": update.make_handler(update.Settings("/models"), **clients),
            "describe_campaign": make_describe(personalize=personalize, now=self._now),
            "evaluate_solution_version": evaluate.make_handler(personalize=personalize),
            "report_outcome": report.make_handler(
                report.Settings("test", "arn:aws:sns:us-east-1:123456789012:topic", "/models", 3),
                personalize=personalize,
                ssm=ssm,
                sns=calls.watch(FakeSns()),
                now=self._now,
            ),
        }
        check = {"decision": "train" if due else "skip", "reason": "-", "automaticTraining": "off"}
        return {name: lambda event, call=handler: call(event, self._context) for name, handler in handlers.items()} | {
            "check_interactions": lambda _: check,
            "create_solution_version": lambda _: {"solutionVersionArn": version},
            "describe_solution_version": lambda _: {"state": "active", "trainingHours": 0.1, "popularity": None},
            "verify_campaign": lambda _: self._verify(version, healthy),
        }

    def _verify(self, version: str, healthy: bool) -> dict[str, Any]:
        assert self.served() == version
        self.verified |= {version} if healthy else set()
        return {"healthy": healthy, "reason": "no items"}


@pytest.fixture
def runs(account: PersonalizeAccount, campaign: Campaign, ssm: FakeSsm, context: FakeContext) -> Runs:
    return Runs(account, campaign, ssm, context)


def check(runs: Runs, name: str) -> None:
    """Check what must be true after an interruption, and after the next run."""
    entry = runs.ledger()
    known = {entry["solutionVersionArn"], entry["previous"] or entry["solutionVersionArn"]}
    assert known <= runs.verified
    assert runs.served() == entry["solutionVersionArn"] or entry["change"]["solutionVersionArn"] == runs.served()

    runs.run(name, due=False)

    entry = runs.ledger()
    assert runs.served() == entry["solutionVersionArn"]
    assert runs.served() in runs.verified
    assert "change" not in entry


@pytest.mark.parametrize("healthy", [True, False])
def test_given_any_moment_of_a_run_when_it_is_killed_then_the_ledger_is_true_and_the_next_run_repairs_the_campaign(
    runs: Runs, healthy: bool
) -> None:
    number = 0
    while runs.run(f"run-{number}", number, healthy=healthy) is None:
        check(runs, f"next-{number}")
        number += 1

    assert number > 20, "the run made fewer calls than a whole run makes"
    check(runs, "last")


def test_given_a_run_killed_in_its_update_when_the_next_one_is_killed_at_any_moment_then_the_one_after_repairs_it(
    runs: Runs,
) -> None:
    number, ended = 0, False
    while not ended:
        assert runs.run(f"run-{number}", AFTER_UPDATE) is None
        assert runs.served() not in runs.verified
        ended = runs.run(f"next-{number}", number, due=False) is not None
        check(runs, f"last-{number}")
        number += 1

    assert number > 8, "the run made fewer calls than a repair makes"
