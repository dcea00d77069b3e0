"""Fakes of the services that the retraining functions call; each holds just what a test needs to see."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
SOLUTION = "arn:aws:personalize:eu-west-1:123456789012:solution/test-recommender"
CAMPAIGN = "arn:aws:personalize:eu-west-1:123456789012:campaign/test-recommender"


class InUseError(Exception):
    """As botocore's."""


class NotFoundError(Exception):
    """As botocore's."""


def model(**changes: Any) -> dict[str, Any]:
    """A model as plan_retraining answers it."""
    return {
        "name": "recommender",
        "kind": "recommendations",
        "solutionArn": SOLUTION,
        "campaignArn": CAMPAIGN,
        "trainingMode": "FULL",
        "metric": "normalized_discounted_cumulative_gain_at_5",
        "threshold": 0.01,
        "minimumCoverage": 0.05,
        "regressionTolerance": 0.2,
        "minimumNewInteractions": 100,
        "monthlyTrainingHours": None,
        "canaryUserIds": ["7", "8"],
        "canaryItemIds": ["1-Bengal-1-1", "2-Beagle-3-2", "2-Pug-1-4"],
        **changes,
    }


RUN = {"name": "run-1", "executionArn": "arn:aws:states:eu-west-1:1:execution:m:run-1", "startedAt": NOW.isoformat()}


class Pages:
    """A paginator that gives one item a page."""

    def __init__(self, key: str, items: list[Any]) -> None:
        self._key, self._items = key, items

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        return iter([{self._key: [item]} for item in self._items] or [{self._key: []}])


@dataclass
class FakePersonalize:
    """Control plane of one solution and one campaign; `calls` are those that change something."""

    versions: list[dict[str, Any]] = field(default_factory=list)
    campaign: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    solution: dict[str, Any] = field(default_factory=dict)
    busy: bool = False
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    exceptions = SimpleNamespace(ResourceInUseException=InUseError, ResourceNotFoundException=NotFoundError)

    def add_version(self, name: str, status: str = "ACTIVE", age: timedelta = timedelta(0), **more: Any) -> str:
        arn = f"{SOLUTION}/{len(self.versions)}"
        version = {"solutionVersionArn": arn, "name": name, "status": status, "creationDateTime": NOW - age, **more}
        self.versions.append(version)
        return arn

    def get_paginator(self, operation: str) -> Pages:
        assert operation == "list_solution_versions"
        shown = ("solutionVersionArn", "status", "creationDateTime")
        return Pages("solutionVersions", [{key: version[key] for key in shown} for version in self.versions])

    def describe_solution(self, **_: Any) -> dict[str, Any]:
        return {"solution": self.solution}

    def describe_solution_version(self, solutionVersionArn: str) -> dict[str, Any]:  # noqa: N803 - the service's name
        return {"solutionVersion": next(v for v in self.versions if v["solutionVersionArn"] == solutionVersionArn)}

    def describe_campaign(self, **_: Any) -> dict[str, Any]:
        return {"campaign": self.campaign}

    def get_solution_metrics(self, solutionVersionArn: str) -> dict[str, Any]:  # noqa: N803
        if solutionVersionArn not in self.metrics:
            raise NotFoundError
        return {"metrics": self.metrics[solutionVersionArn]}

    def create_solution_version(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("create_solution_version", request))
        return {"solutionVersionArn": self.add_version(request["name"], "CREATE PENDING")}

    def update_campaign(self, **request: Any) -> None:
        if self.busy:
            raise InUseError
        self.calls.append(("update_campaign", request))

    def update_solution(self, **request: Any) -> None:
        self.calls.append(("update_solution", request))

    def stop_solution_version_creation(self, **request: Any) -> None:
        self.calls.append(("stop_solution_version_creation", request))


class FakeRuntime:
    """A campaign that answers what it is given: user -> item list, `None` for any other user."""

    def __init__(self, answers: dict[str | None, list[dict[str, Any]]]) -> None:
        self._answers = answers

    def get_recommendations(self, **request: Any) -> dict[str, Any]:
        return {"itemList": self._answers.get(request["userId"], self._answers[None])}

    def get_personalized_ranking(self, **request: Any) -> dict[str, Any]:
        return {"personalizedRanking": self._answers.get(request["userId"], self._answers[None])}


@dataclass
class FakeSsm:
    """One parameter."""

    value: str = "{}"
    writes: int = 0

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        return {"Parameter": {"Value": self.value}}

    def put_parameter(self, **request: Any) -> None:
        self.value = request["Value"]
        self.writes += 1


@dataclass
class FakeSns:
    """Keeps what was published."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, **message: Any) -> None:
        self.messages.append(message)
