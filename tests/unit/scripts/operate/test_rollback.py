"""A model is rolled back in the local Personalize of this process, and its ledger in moto's SSM."""

from collections.abc import Callable, Iterator

import pytest

from animal_recommender.retraining import ledger
from local_aws.testing.personalize_account import PersonalizeAccount, personalize_account
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.operate.deployed_models import DeployedModel
from scripts.operate.deployment import Deployment
from scripts.operate.rollback import roll_back
from tests.unit.scripts.fakes import FakeAws
from tests.unit.scripts.operate.conftest import publish

Model = Callable[..., DeployedModel]


@pytest.fixture
def account() -> Iterator[PersonalizeAccount]:
    """A Personalize with a solution of two versions; the campaign serves the second one."""
    with personalize_account() as made:
        yield made


@pytest.fixture
def versions(account: PersonalizeAccount) -> list[str]:
    """ARNs of the versions, in the order in which they were trained."""
    solution = account.add_solution("test-recommender")
    return [account.add_version(solution, metrics={"coverage": share}, trainingHours=1.5) for share in (0.4, 0.6)]


@pytest.fixture
def model(deployment: Deployment, account: PersonalizeAccount, versions: list[str]) -> Model:
    """Makes the model whose campaign serves the second version, with the ledger that a test gives it."""

    def make(entry: ledger.Ledger | None) -> DeployedModel:
        publish({"campaigns/recommender": account.add_campaign("test-recommender", versions[1])})
        publish({"models/recommender/ledger": ledger.dump(entry) if entry else "{}"})
        aws = FakeAws({"personalize": account.client(), "ssm": deployment.aws.client("ssm")})
        return DeployedModel("recommender", Deployment("test", aws))

    return make


def entry(served: str, previous: str | None) -> ledger.Ledger:
    return {
        "solutionVersionArn": served,
        "metrics": {},
        "promotedAt": "2026-05-20T12:00:00+00:00",
        "previous": previous,
    }


def poll(account: PersonalizeAccount) -> Poll:
    return Poll(sleep=account.clock.sleep, clock=account.clock, say=lambda _: None)


def test_given_a_previous_version_when_rolled_back_twice_then_it_serves_and_then_the_first_one_again(
    model: Model, account: PersonalizeAccount, versions: list[str]
) -> None:
    old, new = versions
    one = model(entry(new, old))

    assert roll_back(one, None, poll(account)) == (new, old)
    assert one.describe_campaign()["solutionVersionArn"] == old
    kept = one.read_ledger()
    assert kept is not None
    assert (kept["solutionVersionArn"], kept["previous"]) == (old, new)
    assert kept["metrics"] == {"coverage": 0.4}
    assert [(outcome["outcome"], outcome["trainingHours"]) for outcome in one.list_outcomes()] == [("rolled back", 1.5)]

    assert roll_back(one, None, poll(account)) == (old, new)


def test_given_a_ledger_that_does_not_have_what_serves_when_rolled_back_then_its_own_version_serves(
    model: Model, account: PersonalizeAccount, versions: list[str]
) -> None:
    old, new = versions
    assert roll_back(model(entry(old, None)), None, poll(account)) == (new, old)


def test_given_a_resource_in_use_when_rolled_back_then_the_update_is_retried(
    model: Model, account: PersonalizeAccount, versions: list[str]
) -> None:
    account.refuse_next("UpdateCampaign", "ResourceInUseException", times=2)
    assert roll_back(model(entry(versions[1], versions[0])), None, poll(account))[1] == versions[0]


def test_given_an_update_that_fails_when_rolled_back_then_its_reason_is_named_and_the_ledger_stays(
    model: Model, account: PersonalizeAccount, versions: list[str]
) -> None:
    account.fail_next("UpdateCampaign", "no capacity")
    one = model(entry(versions[1], versions[0]))
    with pytest.raises(TaskError, match="was not updated: no capacity"):
        roll_back(one, None, poll(account))
    assert one.read_ledger() == entry(versions[1], versions[0])


@pytest.mark.parametrize(
    ("previous", "reason"),
    [
        (None, "has no previous version; name one with --version ARN"),
        ("the served one", "serves .* already"),
        ("a failed one", "is CREATE FAILED: only an ACTIVE version can serve"),
    ],
)
def test_given_nothing_to_go_back_to_when_rolled_back_then_it_is_refused_and_nothing_is_asked_for(
    model: Model, account: PersonalizeAccount, versions: list[str], previous: str | None, reason: str
) -> None:
    failed = account.add_version(versions[0].rpartition("/")[0], "CREATE FAILED")
    known = {None: None, "the served one": versions[1], "a failed one": failed}
    with pytest.raises(TaskError, match=reason):
        roll_back(model(entry(versions[1], known[previous])), None, poll(account))
    assert account.changes == []
