"""Amazon Personalize in this process for unit tests of programs that call it with boto3.

The clients are boto3's own, with their paginators, exceptions and checks of parameters. The local Amazon Personalize
answers their HTTP requests without a socket. Time passes only when the test, or the program's `sleep`, moves the clock,
so a test decides in which status a resource is.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from local_aws.personalize import PersonalizeSettings, create_app
from local_aws.personalize.data.interactions import bulk_columns
from local_aws.personalize.resource_store import Resource, Update
from local_aws.personalize.resource_types import (
    CAMPAIGN,
    DATASET,
    DATASET_GROUP,
    DATASET_IMPORT_JOB,
    SCHEMA,
    SOLUTION,
    SOLUTION_VERSION,
    ResourceType,
)
from local_aws.personalize.statuses import DELETED, StatusTimeline
from local_aws.testing import fake_recommender
from local_aws.testing.in_process import INTERACTIONS, FakeS3, interactions_csv
from local_aws.testing.manual_clock import ManualClock

USER_PERSONALIZATION = "arn:aws:personalize:::recipe/aws-user-personalization"
STEP_SECONDS = 1.0
"""How long a resource stays in each passing status, by the account's clock."""

_NEXT = {
    "CREATE PENDING": "CREATE IN_PROGRESS",
    "CREATE IN_PROGRESS": "ACTIVE",
    "CREATE STOPPING": "CREATE STOPPED",
    "DELETE PENDING": "DELETE IN_PROGRESS",
    "DELETE IN_PROGRESS": DELETED,
}
_FAULT_OF = {"CreateSolutionVersion": "failNextTraining", "UpdateCampaign": "failNextCampaignUpdate"}


class PersonalizeAccount:
    """One account with a dataset group whose interactions are enough to train on. Make it with `personalize_account`.

    `calls` are the operations that clients called, with their requests as sent; refused calls are among them.
    """

    def __init__(self, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.s3 = FakeS3()
        self.app = create_app(
            settings=PersonalizeSettings(
                step_seconds=STEP_SECONDS, training_process=False, clock=self.clock, workers=self.clock.workers
            ),
            s3=lambda role, job: self.s3,
        )
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._clients: dict[str, Any] = {}
        self._refusals: list[tuple[str, str, str]] = []
        self._failures: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self.group_arn = self.add(DATASET_GROUP, "test", name="test")
        self.interactions_arn = self._add_interactions()

    # --- what a program sees

    def client(self, service: str = "personalize") -> Any:
        """Return a boto3 client: personalize, personalize-runtime or personalize-events. It never retries.

        There is one of each, because to make one takes longer than most tests.
        """
        if service not in self._clients:
            self._clients[service] = self._make_client(service)
        return self._clients[service]

    def _make_client(self, service: str) -> Any:
        make: Callable[..., Any] = boto3.client
        client = make(
            service,
            region_name=self.app.region,
            endpoint_url=f"https://{service}.test",  # not a host of AWS, which moto's mock_aws would answer
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )
        client.meta.events.register("before-send", self._answer)
        return client

    def refuse_next(self, operation: str, code: str, message: str = "no", times: int = 1) -> None:
        """Answer the next calls of an operation, e.g. `UpdateCampaign`, with an error."""
        self._refusals += [(operation, code, message)] * times

    def fail_next(self, operation: str, reason: str) -> None:
        """Let what the next call of an operation starts, e.g. `CreateCampaign`, end in CREATE FAILED."""
        if fault := _FAULT_OF.get(operation):
            self.app.faults.add({fault: {"*": reason}})
        else:
            self._failures[operation] = reason

    # --- what a test sees

    @property
    def changes(self) -> list[tuple[str, dict[str, Any]]]:
        """The calls that are meant to change something: all but Describe…, List… and Get…."""
        return [call for call in self.calls if not call[0].startswith(("Describe", "List", "Get"))]

    def resource(self, arn: str) -> dict[str, Any] | None:
        """Return all members of a resource as they are now, or None if there is none."""
        found = self.app.service().store.find(arn)
        return found.describe(self.clock()) if found else None

    def arns(self, kind: ResourceType) -> list[str]:
        """Return the ARNs of all resources of a kind (local_aws.personalize.resource_types), oldest first."""
        return [resource.arn for resource in self.app.service().store.all(kind)]

    # --- resources in any status

    def add_solution(self, name: str = "test", status: str = "ACTIVE", **members: Any) -> str:
        """Add a solution that does not train by itself; return its ARN."""
        defaults = {
            "datasetGroupArn": self.group_arn,
            "recipeArn": USER_PERSONALIZATION,
            "performHPO": False,
            "performAutoML": False,
            "performAutoTraining": False,
            "performIncrementalUpdate": False,
            "solutionConfig": {},
        }
        return self.add(SOLUTION, name, status, name=name, **defaults | members)

    def add_version(self, solution_arn: str, status: str = "ACTIVE", **members: Any) -> str:
        """Add a version of a solution, with a model that can be deployed; return its ARN.

        `members` may have `name`, `metrics`, `trainingHours` and `creationDateTime` among others.
        """
        service = self.app.service()
        solution = service.store.get(solution_arn, SOLUTION)
        inherited = ("performHPO", "performAutoML", "recipeArn", "datasetGroupArn", "solutionConfig")
        defaults = {name: solution[name] for name in inherited} | {
            "solutionArn": solution_arn,
            "trainingMode": "FULL",
            "trainingType": "MANUAL",
            "metrics": {"coverage": 0.5},
            "catalogueVersion": 0,
        }
        self._numbers[solution_arn] += 1
        identity = f"{solution['name']}/{self._numbers[solution_arn]:08x}"
        arn = self.add(SOLUTION_VERSION, identity, status, **defaults | members)
        service.models.put(arn, fake_recommender.FakeModel({"i1": 2, "i2": 1}, {}, {}).to_bytes())
        return arn

    def add_campaign(self, name: str, version_arn: str, status: str = "ACTIVE", **members: Any) -> str:
        """Add a campaign that serves a version; return its ARN.

        The version need not exist. `latestCampaignUpdate` in `members` is an update with its own `status`; while that
        passes, the campaign takes on the update's members when it becomes ACTIVE.
        """
        update = members.pop("latestCampaignUpdate", None)
        defaults = {
            "solutionVersionArn": version_arn,
            "solutionArn": version_arn.rpartition("/")[0],
            "datasetGroupArn": self.group_arn,
            "minProvisionedTPS": 1,
            "campaignConfig": {},
        }
        arn = self.add(CAMPAIGN, name, status, name=name, **defaults | members)
        if update:
            self._add_update(arn, dict(update))
        return arn

    def add_import(self, status: str = "ACTIVE", name: str = "seed", **members: Any) -> str:
        """Add an import job of the interactions; return its ARN."""
        defaults = {"jobName": name, "datasetArn": self.interactions_arn}
        return self.add(DATASET_IMPORT_JOB, name, status, **defaults | members)

    def add(self, kind: ResourceType, identity: str, /, status: str = "ACTIVE", **members: Any) -> str:
        """Add a resource of any kind whose ARN ends in `identity`; return the ARN.

        The clock moves it out of a passing status, a step at a time.
        """
        service = self.app.service()
        created, reason = members.pop("creationDateTime", None), members.pop("failureReason", None)
        timeline = self._timeline(status, created)
        resource = Resource(kind, service.arn(kind, identity), members, timeline, failure_reason=reason)
        return service.store.add(resource).arn

    def _add_update(self, campaign_arn: str, update: dict[str, Any]) -> None:
        timeline = self._timeline(update.pop("status"), update.pop("creationDateTime", None))
        reason = update.pop("failureReason", None)
        becomes = update if timeline.status_at(self.clock()) != "ACTIVE" and not reason else {}
        self.app.service().store.get(campaign_arn).updates["latestCampaignUpdate"] = Update(
            update, timeline, reason, dict(becomes)
        )

    def _timeline(self, status: str, created: datetime | None) -> StatusTimeline:
        begin = created.timestamp() if created else self.clock()
        following, last = [], status
        while last := _NEXT.get(last, ""):
            following.append(last)
        later = StatusTimeline.starting_at(self.clock() + STEP_SECONDS, STEP_SECONDS, *following)
        return StatusTimeline(((begin, status), *later.steps))

    def _add_interactions(self) -> str:
        schema_arn = self.add(SCHEMA, "interactions", name="interactions", schema=INTERACTIONS)
        arn = self.add(
            *(DATASET, "test/INTERACTIONS"),
            name="interactions",
            datasetGroupArn=self.group_arn,
            datasetType="INTERACTIONS",
            schemaArn=schema_arn,
        )
        self._put_interactions()
        return arn

    def _put_interactions(self) -> None:
        text = interactions_csv()
        self.s3.files["seed", "interactions.csv"] = text.encode()
        users, items, times, types = zip(*csv.reader(text.splitlines()[1:]), strict=True)
        columns = bulk_columns(users, items, [int(time) for time in times], types, None, [{}] * len(users))
        self.app.service().data(self.group_arn).interactions.import_bulk(columns, replace=True)

    # --- requests of the clients

    def _answer(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        body = request.body if isinstance(request.body, bytes) else b"{}"
        self.calls.append((operation, json.loads(body)))
        for refusal in self._refusals:
            if refusal[0] == operation:
                self._refusals.remove(refusal)
                return _error(request, *refusal[1:])
        path = urlsplit(request.url).path
        headers = Headers((name, _text(value)) for name, value in request.headers.items())
        with closing(EnvironBuilder(path=path, method=request.method, data=body, headers=headers)) as builder:
            answer = self.app.handle(builder.get_request())
        if answer.status_code == 200 and operation in self._failures:
            self._fail_later(json.loads(answer.get_data()), self._failures.pop(operation))
        return _response(request, answer.status_code, dict(answer.headers), answer.get_data())

    def _fail_later(self, answer: dict[str, str], reason: str) -> None:
        (arn,) = answer.values()
        resource = self.app.service().store.get(arn)

        def fail() -> None:
            resource.failure_reason = reason
            resource.timeline = resource.timeline.then(self.clock(), 0, "CREATE FAILED")

        if resource.resource_type.created_at_once:
            fail()
        else:
            # Just before its work would be done.
            self.clock.call_later(STEP_SECONDS * 0.99, fail)


class _Body(io.BytesIO):
    """A response body as urllib3's, of which botocore uses this one method."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        while chunk := self.read(65_536):
            yield chunk


def _error(request: AWSPreparedRequest, code: str, message: str) -> AWSResponse:
    body = json.dumps({"__type": code, "message": message}).encode()
    return _response(request, 400, {"x-amzn-ErrorType": code}, body)


def _response(request: AWSPreparedRequest, status: int, headers: dict[str, str], body: bytes) -> AWSResponse:
    held = HTTPHeaders()
    for name, value in headers.items():
        held[name] = value
    return AWSResponse(request.url, status, held, _Body(body))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def personalize_account(clock: ManualClock | None = None) -> Iterator[PersonalizeAccount]:
    """Make an account whose trainings take no time: they use a small recommender in place of the real one."""
    with fake_recommender.installed():
        account = PersonalizeAccount(clock)
        yield account
        account.app.close()
