"""The ledger of a model begins with the version that its campaign serves."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from animal_recommender.retraining.ledger import first_entry
from local_aws.testing.personalize_account import PersonalizeAccount
from scripts.provision.first_ledger_entry import write_if_missing


class FakeParameters:
    """An SSM with one parameter."""

    def __init__(self, value: str) -> None:
        self.value = value

    def get_parameter(self, Name: str) -> dict[str, Any]:  # noqa: N803
        """Return the value."""
        return {"Parameter": {"Name": Name, "Value": self.value}}

    def put_parameter(self, Value: str, **_: Any) -> None:  # noqa: N803
        """Replace the value."""
        self.value = Value


@pytest.fixture
def campaign(account: PersonalizeAccount) -> dict[str, Any]:
    """A campaign that serves a version."""
    version = account.add_version(account.add_solution())
    return {"solutionVersionArn": version, "lastUpdatedDateTime": datetime(2025, 1, 1, tzinfo=UTC)}


def test_given_an_empty_ledger_when_written_then_it_names_the_version_that_serves(
    personalize: Any, campaign: dict[str, Any]
) -> None:
    parameters = FakeParameters("{}")
    write_if_missing(parameters, personalize, "/ledger", campaign)
    entry = json.loads(parameters.value)
    assert entry["solutionVersionArn"] == campaign["solutionVersionArn"]
    assert entry["metrics"] == {"coverage": 0.5}
    assert entry["promotedAt"] == "2025-01-01T00:00:00+00:00"
    assert entry["previous"] is None


def test_given_a_ledger_of_the_solution_when_written_then_it_stays(personalize: Any, campaign: dict[str, Any]) -> None:
    solution = campaign["solutionVersionArn"].rpartition("/")[0]
    known = json.dumps(first_entry(f"{solution}/promoted", {}, "2025-01-01"))
    parameters = FakeParameters(known)
    write_if_missing(parameters, personalize, "/ledger", campaign)
    assert parameters.value == known


def test_given_a_ledger_of_another_solution_when_written_then_it_starts_anew(
    personalize: Any, campaign: dict[str, Any]
) -> None:
    earlier = "arn:aws:personalize:us-east-1:123456789012:solution/before/00000001"
    parameters = FakeParameters(json.dumps(first_entry(earlier, {}, "2025-01-01") | {"previous": f"{earlier}-2"}))
    write_if_missing(parameters, personalize, "/ledger", campaign)
    entry = json.loads(parameters.value)
    assert (entry["solutionVersionArn"], entry["previous"]) == (campaign["solutionVersionArn"], None)


def test_given_no_metrics_when_written_then_the_entry_has_none(
    account: PersonalizeAccount, personalize: Any, campaign: dict[str, Any]
) -> None:
    parameters = FakeParameters("{}")
    account.refuse_next("GetSolutionMetrics", "InternalFailure")
    write_if_missing(parameters, personalize, "/ledger", campaign)
    assert json.loads(parameters.value)["metrics"] == {}
