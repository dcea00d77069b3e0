"""What visitors did with the lists of each model version."""

from datetime import UTC, datetime
from typing import Any

import pytest

from animal_recommender.retraining import ledger
from scripts.operate import query
from scripts.operate.deployed_models import DeployedModel
from scripts.operate.deployment import Deployment
from scripts.operate.live_figures import ShownLists, describe_versions, read_shown_lists, sum_by_version
from tests.unit.scripts.fakes import FakeAws

OLD, NEW = "arn:solution/recommender/1", "arn:solution/recommender/2"


class FakeSsm:
    """The history of a ledger with two promotions; the second one is twice in it."""

    def get_paginator(self, operation: str) -> "FakeSsm":
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        first = ledger.first_entry(OLD, {}, "2026-11-01T00:00:00+00:00")
        second = ledger.first_entry(NEW, {}, "2026-11-10T12:30:00+00:00")
        values = [ledger.dump(entry) for entry in (first, second, second)]
        return [{"Parameters": [{"Version": number, "Value": value} for number, value in enumerate(values)]}]


class FakeAthena:
    """The workgroup with the query of attribution."""

    def __init__(self) -> None:
        self.parameters: list[str] = []

    def get_paginator(self, operation: str) -> "FakeAthena":
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        if "WorkGroup" in request:
            return [{"NamedQueryIds": ["1"]}]
        lines = [["header"], ["recommend", "recommender", "2026-11-02T10:00:00Z", "100", "30", "5", "1"]]
        return [{"ResultSet": {"Rows": [{"Data": [{"VarCharValue": cell} for cell in line]} for line in lines]}}]

    def get_named_query(self, NamedQueryId: str) -> dict[str, Any]:  # noqa: N803
        return {"NamedQuery": {"Name": "attribution", "Database": "raw", "QueryString": "SELECT ?"}}

    def start_query_execution(self, **request: Any) -> dict[str, str]:
        self.parameters = request["ExecutionParameters"]
        return {"QueryExecutionId": "1"}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:  # noqa: N803
        return {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}}


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setattr(query, "POLL_SECONDS", 0)
    deployed = Deployment("test", FakeAws({"ssm": FakeSsm(), "athena": FakeAthena()}))
    deployed.names = {"athena-workgroup": "test", "experiments": '{"shelf": {}}'}
    return deployed


def shown(day: int, hour: int, exposures: int, model: str = "recommender") -> ShownLists:
    return ShownLists(model, datetime(2026, 11, day, hour, tzinfo=UTC), exposures, exposures // 10, 1, 0)


def test_given_a_deployment_with_experiments_when_read_then_the_lists_are_those_of_the_query(
    deployment: Deployment,
) -> None:
    assert read_shown_lists(deployment) == [
        ShownLists("recommender", datetime(2026, 11, 2, 10, tzinfo=UTC), 100, 30, 5, 1)
    ]
    assert deployment.aws.client("athena").parameters == ["'7'"]


@pytest.mark.parametrize("names", [{}, {"experiments": "{}"}])
def test_given_no_experiments_when_read_then_nothing_is_asked(names: dict[str, str]) -> None:
    deployed = Deployment("test", FakeAws({}))
    deployed.names = names
    assert read_shown_lists(deployed) == []


def test_given_hours_when_summed_then_each_counts_for_the_version_that_was_served_at_its_beginning(
    deployment: Deployment,
) -> None:
    lists = [shown(10, 12, 100), shown(10, 13, 200), shown(2, 0, 30), shown(12, 0, 40), shown(12, 0, 999, "reranker")]
    lists.append(ShownLists("recommender", datetime(2026, 10, 31, tzinfo=UTC), 7, 0, 0, 0))
    assert sum_by_version(DeployedModel("recommender", deployment), lists) == {
        "earlier": (7, 0, 0, 0),
        OLD: (130, 13, 2, 0),
        NEW: (240, 24, 2, 0),
    }


def test_given_sums_when_described_then_each_rate_has_its_interval() -> None:
    ((version, text),) = describe_versions({NEW: (1000, 100, 10, 0)})
    assert version == "2"
    assert text.startswith("1,000 lists: clicked 10.00% (6.89% to 13.82%)")
    assert "applied 0.00% (0.00% to 0." in text
    assert describe_versions({}) == []
