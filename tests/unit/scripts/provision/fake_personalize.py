"""A control plane in memory, one step of every status machine for each look at it; time passes only in `sleep`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from scripts.common.personalize import Poll

PREFIX = "arn:aws:personalize:us-east-1:123456789012"
GROUP = f"{PREFIX}:dataset-group/test"
SOLUTION = f"{PREFIX}:solution/test-recommender-0123abcd"
CAMPAIGN = f"{PREFIX}:campaign/test-recommender"
NEXT = {
    "CREATE PENDING": "CREATE IN_PROGRESS",
    "CREATE IN_PROGRESS": "ACTIVE",
    "CREATE STOPPING": "CREATE STOPPED",
    "DELETE PENDING": "DELETE IN_PROGRESS",
}


def refusal(code: str, message: str = "no") -> ClientError:
    """The error a client raises when the service answers with `code`."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Passes the time and remembers how much."""
        self.pauses.append(seconds)
        self.now += seconds


def make_poll(lines: list[str] | None = None, **settings: Any) -> Poll:
    """A Poll on a Time of its own that keeps its lines."""
    time = Time()
    said = [] if lines is None else lines
    return Poll(sleep=time.sleep, clock=lambda: time.now, say=said.append, **settings)


class FakePersonalize:
    """Solutions, versions and campaigns as the service shows them. `refusals`: errors for the next calls, by name."""

    def __init__(self) -> None:
        self.solutions: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, dict[str, Any]] = {}
        self.campaigns: dict[str, dict[str, Any]] = {}
        self.imports: dict[str, dict[str, Any]] = {}
        self.fail_next: str | None = None  # the failureReason of the next training, campaign or update
        self.refusals: dict[str, list[ClientError]] = {}
        self.calls: list[str] = []

    # --- set-up

    def add_solution(self, arn: str = SOLUTION, status: str = "ACTIVE", **more: Any) -> None:
        """A solution in that status."""
        self.solutions[arn] = {"solutionArn": arn, "status": status, **more}

    def add_version(self, status: str, **more: Any) -> str:
        """A solution version in that status; each is newer than the one before."""
        number = len(self.versions) + 1
        arn = f"{SOLUTION}/{number:08x}"
        created = datetime(2025, 1, number, tzinfo=UTC)
        self.versions[arn] = {"solutionVersionArn": arn, "status": status, "creationDateTime": created, **more}
        return arn

    def add_campaign(self, status: str, **more: Any) -> dict[str, Any]:
        """The test campaign in that status."""
        self.campaigns[CAMPAIGN] = {
            "campaignArn": CAMPAIGN,
            "solutionVersionArn": f"{SOLUTION}/00000000",
            "status": status,
            "minProvisionedTPS": 1,
            "campaignConfig": {},
            "lastUpdatedDateTime": datetime(2025, 1, 1, tzinfo=UTC),
            **more,
        }
        return self.campaigns[CAMPAIGN]

    def add_import(self, status: str, **more: Any) -> str:
        """An import in that status."""
        arn = f"{PREFIX}:dataset-import-job/{more.get('jobName', len(self.imports))}"
        self.imports[arn] = {"datasetImportJobArn": arn, "status": status, **more}
        return arn

    # --- the API

    def get_paginator(self, operation: str) -> "Pages":
        """The calls whose answers come in pages."""
        return Pages(self, operation)

    def list_solutions(self, datasetGroupArn: str) -> list[dict[str, Any]]:  # noqa: N803
        """All; there is one group."""
        if datasetGroupArn != GROUP:
            raise refusal("ResourceNotFoundException")
        return list(self.solutions.values())

    def list_campaigns(self, solutionArn: str) -> list[dict[str, Any]]:  # noqa: N803
        """Those that serve a version of the solution."""
        found = [one for one in self.campaigns.values() if one["solutionVersionArn"].startswith(f"{solutionArn}/")]
        return [{"name": "test-recommender", **campaign} for campaign in found]

    def list_solution_versions(self, solutionArn: str) -> list[dict[str, Any]]:  # noqa: N803
        """All; they are of one solution."""
        if solutionArn not in self.solutions:
            raise refusal("ResourceNotFoundException")
        return [dict(version) for version in self.versions.values()]

    def list_dataset_import_jobs(self, datasetArn: str) -> list[dict[str, Any]]:  # noqa: N803
        """All; they are of one dataset."""
        if not self.imports:
            raise refusal("ResourceNotFoundException", datasetArn)
        return [dict(job) for job in self.imports.values()]

    def create_dataset_import_job(self, **request: Any) -> dict[str, Any]:
        """Starts an import."""
        self._called("create_dataset_import_job")
        return {"datasetImportJobArn": self.add_import("CREATE PENDING", **request)}

    def describe_dataset_import_job(self, datasetImportJobArn: str) -> dict[str, Any]:  # noqa: N803
        """Moves the import a step on."""
        return {"datasetImportJob": _copy(self._step(self.imports, datasetImportJobArn))}

    def create_solution(self, name: str, **request: Any) -> dict[str, Any]:
        """Starts a creation."""
        self._called("create_solution")
        arn = f"{PREFIX}:solution/{name}"
        self.add_solution(arn, "CREATE PENDING", name=name, **request)
        return {"solutionArn": arn}

    def delete_solution(self, solutionArn: str) -> None:  # noqa: N803
        """Starts a deletion."""
        self._called("delete_solution")
        self.solutions[solutionArn]["status"] = "DELETE PENDING"

    def describe_solution(self, solutionArn: str) -> dict[str, Any]:  # noqa: N803
        """Moves the solution a step on; a deletion ends in nothing."""
        return {"solution": _copy(self._step(self.solutions, solutionArn))}

    def create_solution_version(self, **request: str) -> dict[str, Any]:
        """Starts a training."""
        self._called("create_solution_version")
        name = request.get("name")
        if name and any(version.get("name") == name for version in self.versions.values()):
            raise refusal("ResourceAlreadyExistsException")
        more = {key: request[key] for key in ("name", "trainingMode") if key in request}
        return {"solutionVersionArn": self.add_version("CREATE PENDING", **more)}

    def stop_solution_version_creation(self, solutionVersionArn: str) -> None:  # noqa: N803
        """Stops a training that is under way."""
        self._called("stop_solution_version_creation")
        self.versions[solutionVersionArn]["status"] = "CREATE STOPPING"

    def describe_solution_version(self, solutionVersionArn: str) -> dict[str, Any]:  # noqa: N803
        """Moves the version a step on."""
        return {"solutionVersion": _copy(self._step(self.versions, solutionVersionArn))}

    def get_solution_metrics(self, solutionVersionArn: str) -> dict[str, Any]:  # noqa: N803
        """The same figure for every version."""
        self._called("get_solution_metrics")
        return {"solutionVersionArn": solutionVersionArn, "metrics": {"coverage": 0.5}}

    def create_campaign(self, name: str, **request: Any) -> dict[str, Any]:
        """Starts a deployment."""
        self._called("create_campaign")
        if CAMPAIGN in self.campaigns:
            raise refusal("ResourceAlreadyExistsException")
        self.add_campaign("CREATE PENDING", name=name, **request)
        return {"campaignArn": CAMPAIGN}

    def update_campaign(self, campaignArn: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        """Starts an update, which keeps what it is not told to change."""
        self._called("update_campaign")
        self.campaigns[campaignArn]["latestCampaignUpdate"] = {"status": "CREATE PENDING", **request}
        return {"campaignArn": campaignArn}

    def describe_campaign(self, campaignArn: str) -> dict[str, Any]:  # noqa: N803
        """Moves the campaign and its update a step on; a deletion ends in nothing."""
        campaign = self._step(self.campaigns, campaignArn)
        update = campaign.get("latestCampaignUpdate")
        if update and self._move(update) and update["status"] == "ACTIVE":
            campaign.update({key: value for key, value in update.items() if key != "status"})
        return {"campaign": _copy(campaign)}

    def delete_campaign(self, campaignArn: str) -> None:  # noqa: N803
        """Starts a deletion."""
        self._called("delete_campaign")
        self.campaigns[campaignArn]["status"] = "DELETE PENDING"

    # --- state machines

    def _called(self, operation: str) -> None:
        self.calls.append(operation)
        if self.refusals.get(operation):
            raise self.refusals[operation].pop(0)

    def _step(self, resources: dict[str, dict[str, Any]], arn: str) -> dict[str, Any]:
        if arn not in resources:
            raise refusal("ResourceNotFoundException")
        if resources[arn]["status"] == "DELETE IN_PROGRESS":
            del resources[arn]
            raise refusal("ResourceNotFoundException")
        self._move(resources[arn])
        return resources[arn]

    def _move(self, machine: dict[str, Any]) -> bool:
        """One step, or into failure if the test asked for it; whether anything moved."""
        before = machine["status"]
        if before == "CREATE IN_PROGRESS" and self.fail_next:
            machine |= {"status": "CREATE FAILED", "failureReason": self.fail_next}
            self.fail_next = None
        else:
            machine["status"] = NEXT.get(before, before)
        return machine["status"] != before


@dataclass
class Pages:
    """The paginator of a list operation: two a page."""

    service: FakePersonalize
    operation: str

    def paginate(self, **request: str) -> Iterator[dict[str, Any]]:
        """Every page; as with boto3, nothing is asked before the first is read."""
        self.service._called(self.operation)
        first, *others = self.operation.removeprefix("list_").split("_")
        key = first + "".join(word.capitalize() for word in others)
        found = getattr(self.service, self.operation)(**request)
        yield from ({key: found[start : start + 2]} for start in range(0, len(found), 2))


def _copy(resource: dict[str, Any]) -> dict[str, Any]:
    return {key: dict(value) if isinstance(value, dict) else value for key, value in resource.items()}
