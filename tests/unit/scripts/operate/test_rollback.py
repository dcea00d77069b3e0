"""A model is rolled back in the local Personalize of this process, and its ledger in moto's SSM."""

from collections.abc import Iterator
from typing import Any

import pytest

from animal_recommender.retraining import ledger
from local_aws.testing.personalize_account import PersonalizeAccount, personalize_account
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.operate.deployed_models import DeployedModel
from scripts.operate.deployment import Deployment
from scripts.operate.rollback import roll_back
from tests.support.interruptions import Calls, Killed
from tests.unit.scripts.fakes import FakeAws
from tests.unit.scripts.operate.conftest import publish

JANE = "arn:aws:iam::123456789012:user/jane"
NEVER = 10_000


class Rollbacks:
    """A model whose campaign serves the newest of three verified versions: oldest, old, new. `bad` is not
    verified; `gone` was, but was deleted."""

    def __init__(self, account: PersonalizeAccount, deployment: Deployment) -> None:
        self.account, self._ssm, self._personalize = account, deployment.aws.client("ssm"), account.client()
        self.solution = account.add_solution("test-recommender")
        names = enumerate(("oldest", "old", "new", "bad"), start=1)
        self.versions = {
            name: account.add_version(self.solution, metrics={"coverage": share / 10}, trainingHours=1.5)
            for share, name in names
        }
        self.versions["gone"] = f"{self.solution}/ffffffff"
        publish({"campaigns/recommender": account.add_campaign("test-recommender", self.versions["new"])})
        publish({"models/recommender/ledger": "{}"})
        self.write("oldest")
        self.write("old", "oldest")
        self.write("new", "old")

    def model(self, kill_at: int = NEVER) -> DeployedModel:
        """Return the model as a command sees it that is killed at a moment."""
        calls = Calls(kill_at)
        aws = FakeAws({"personalize": calls.watch(self._personalize), "ssm": calls.watch(self._ssm)})
        return DeployedModel("recommender", Deployment("test", aws))

    def roll_back(self, version: str | None = None, kill_at: int = NEVER) -> tuple[str, str]:
        """Roll back to a version, or the previous one; return the names of the versions before and after."""
        model, poll = self.model(kill_at), Poll(sleep=self.account.clock.sleep, clock=self.account.clock, say=str)
        before, after = roll_back(model, version and self.versions.get(version, version), JANE, poll)
        return self.name(before), self.name(after)

    def name(self, arn: str) -> str:
        """Return the name of a version."""
        return next(name for name, version in self.versions.items() if version == arn)

    def write(self, verified: str, previous: str | None = None, change: tuple[str, str] | None = None) -> None:
        """Write the ledger; `change` is (kind, version)."""
        entry = ledger.first_entry(self.versions[verified], {}, "2026-05-20T12:00:00+00:00")
        entry["previous"] = self.versions[previous] if previous else None
        if change:
            kind: Any = change[0]
            begun: ledger.Change = {
                "kind": kind,
                "solutionVersionArn": self.versions[change[1]],
                "by": "run-1",
                "when": "2026-05-20",
            }
            entry = ledger.begin(entry, begun)
        self.model().write_ledger(entry)

    def serve(self, name: str) -> None:
        """Let the campaign serve a version, as a run does that breaks off then."""
        arn = self.model().campaign_arn
        self._personalize.update_campaign(campaignArn=arn, solutionVersionArn=self.versions[name])
        self.account.clock.sleep(10)

    def state(self) -> tuple[str, str, str | None, bool]:
        """Return what serves, what the ledger says is verified, what served before, and whether a change has begun."""
        entry = self.model().read_ledger()
        assert entry is not None
        previous = entry["previous"] and self.name(entry["previous"])
        served = self.name(self.model().describe_campaign()["solutionVersionArn"])
        return served, self.name(entry["solutionVersionArn"]), previous, "change" in entry


@pytest.fixture
def rollbacks(deployment: Deployment) -> Iterator[Rollbacks]:
    with personalize_account() as account:
        yield Rollbacks(account, deployment)


def test_given_a_previous_version_when_rolled_back_twice_then_it_serves_and_then_the_first_one_again(
    rollbacks: Rollbacks,
) -> None:
    assert rollbacks.roll_back() == ("new", "old")
    assert rollbacks.state() == ("old", "old", "new", False)
    kept = rollbacks.model().read_ledger()
    assert kept is not None
    assert kept["metrics"] == {"coverage": 0.2}
    outcomes = [(outcome["outcome"], outcome["trainingHours"]) for outcome in rollbacks.model().list_outcomes()]
    assert outcomes == [("rolled back", 1.5)]

    assert rollbacks.roll_back() == ("old", "new")


@pytest.mark.parametrize("change", [("promotion", "bad"), None])
def test_given_a_served_version_that_is_not_verified_when_rolled_back_then_the_verified_one_serves(
    rollbacks: Rollbacks, change: Any
) -> None:
    rollbacks.serve("bad")
    rollbacks.write("new", "old", change)

    assert rollbacks.roll_back() == ("bad", "new")
    assert rollbacks.state() == ("new", "new", "old", False)
    assert rollbacks.roll_back() == ("new", "old")


@pytest.mark.parametrize("served", ["new", "bad"])
def test_given_any_moment_of_a_rollback_when_it_is_killed_and_run_again_then_it_ends_as_if_it_had_not_been(
    rollbacks: Rollbacks, served: str
) -> None:
    expected, moment, ended = {"new": "old", "bad": "new"}[served], 0, False
    final = (expected, expected, "old" if served == "bad" else "new", False)
    while not ended:
        rollbacks.serve(served)
        rollbacks.write("new", "old", ("promotion", "bad") if served == "bad" else None)
        try:
            ended = bool(rollbacks.roll_back(kill_at=moment))
        except Killed:
            rollbacks.account.clock.sleep(10)
            _, verified, previous, _ = rollbacks.state()
            assert "bad" not in (verified, previous)
            if rollbacks.state() != final:
                rollbacks.roll_back()
        assert rollbacks.state() == final
        moment += 1

    assert moment > 12, "the rollback made fewer calls than a whole one makes"


def test_given_a_rollback_that_another_person_began_when_rolled_back_then_that_one_is_completed(
    rollbacks: Rollbacks,
) -> None:
    rollbacks.write("new", "old", ("rollback", "oldest"))

    assert rollbacks.roll_back() == ("new", "oldest")
    assert rollbacks.state() == ("oldest", "oldest", "new", False)


def test_given_two_rollbacks_at_once_when_both_end_then_the_previous_version_serves(rollbacks: Rollbacks) -> None:
    rollbacks.account.clock.call_later(0.1, lambda: rollbacks.write("old", "new"))  # the other one ends

    assert rollbacks.roll_back() == ("new", "old")
    assert rollbacks.state() == ("old", "old", "new", False)


def test_given_another_change_in_the_meantime_when_rolled_back_then_it_is_told_and_the_ledger_keeps_that_change(
    rollbacks: Rollbacks,
) -> None:
    rollbacks.account.clock.call_later(0.1, lambda: rollbacks.write("new", "old", ("rollback", "oldest")))

    with pytest.raises(TaskError, match="somebody else changed the ledger"):
        rollbacks.roll_back()

    assert rollbacks.roll_back() == ("old", "oldest")


def test_given_a_resource_in_use_when_rolled_back_then_the_update_is_retried(rollbacks: Rollbacks) -> None:
    rollbacks.account.refuse_next("UpdateCampaign", "ResourceInUseException", times=2)
    assert rollbacks.roll_back() == ("new", "old")


@pytest.mark.parametrize("change", [None, ("promotion", "bad")])
def test_given_an_update_that_fails_when_rolled_back_then_its_reason_is_named_and_the_ledger_is_as_before(
    rollbacks: Rollbacks, change: Any
) -> None:
    rollbacks.write("new", "old", change)
    before = rollbacks.model().read_ledger()
    rollbacks.account.fail_next("UpdateCampaign", "no capacity")

    with pytest.raises(TaskError, match="was not updated: no capacity"):
        rollbacks.roll_back()

    assert rollbacks.model().read_ledger() == before


def test_given_a_previous_version_that_cannot_serve_any_more_when_rolled_back_then_the_one_before_serves(
    rollbacks: Rollbacks,
) -> None:
    rollbacks.write("gone", "old")
    rollbacks.write("new", "gone")

    assert rollbacks.roll_back() == ("new", "old")


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("bad", r"is not verified, so it must not serve; verified are: .*/00000003, .*/ffffffff, .*/00000002"),
        ("arn:of:nothing", "is not verified"),
        ("new", "serves .* already"),
        ("gone", "was deleted or is not ACTIVE"),
    ],
)
def test_given_a_version_that_must_not_serve_when_rolled_back_to_it_then_it_is_refused_and_nothing_is_asked_for(
    rollbacks: Rollbacks, version: str, reason: str
) -> None:
    rollbacks.write("new", "gone")

    with pytest.raises(TaskError, match=reason):
        rollbacks.roll_back(version)
    assert rollbacks.account.changes == []


def test_given_the_first_version_when_rolled_back_then_it_is_refused(
    rollbacks: Rollbacks, deployment: Deployment
) -> None:
    ssm = deployment.aws.client("ssm")
    ssm.delete_parameter(Name=rollbacks.model().ledger_name)
    publish({"models/recommender/ledger": "{}"})
    with pytest.raises(TaskError, match="has no entry"):
        rollbacks.roll_back()
    rollbacks.write("new")
    with pytest.raises(TaskError, match=r"has no previous version: .* is the only verified one"):
        rollbacks.roll_back()
    assert rollbacks.account.changes == []
