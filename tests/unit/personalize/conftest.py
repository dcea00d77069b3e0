"""A service without HTTP and without delays, its S3 a dictionary, and a ready-made stack to ask."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.personalize import PersonalizeApp, PersonalizeSettings, create_app

from . import fake_recommender

ROLE = "arn:aws:iam::123456789012:role/personalize"
NOW = 1_700_000_000


def schema(name: str, *fields: dict[str, Any]) -> str:
    return json.dumps(
        {
            "type": "record",
            "name": name,
            "namespace": "com.amazonaws.personalize.schema",
            "fields": fields,
            "version": "1.0",
        }
    )


INTERACTIONS = schema(
    "Interactions",
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "EVENT_TYPE", "type": "string"},
)
ITEMS = schema(
    "Items",
    {"name": "ITEM_ID", "type": "string"},
    {"name": "SPECIES", "type": ["null", "string"], "categorical": True},
    {"name": "PRICE", "type": ["null", "float"]},
    {"name": "CREATION_TIMESTAMP", "type": ["null", "long"]},
)
USERS = schema("Users", {"name": "USER_ID", "type": "string"}, {"name": "LEVEL", "type": "string", "categorical": True})


class FakeS3:
    """The two calls that jobs make, on a dictionary."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], bytes] = {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if (Bucket, Key) not in self.files:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "There is no such key."}}, "GetObject")
        return {"Body": io.BytesIO(self.files[Bucket, Key])}

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803
        self.files[Bucket, Key] = Body


@dataclass
class World:
    """The application and shortcuts to build on it."""

    app: PersonalizeApp
    s3: FakeS3
    arns: dict[str, str] = field(default_factory=dict)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        return self.app.call(operation, request)

    def done(self) -> None:
        assert self.app.service().wait_idle(20)

    def upload(self, key: str, text: str) -> str:
        self.s3.files["data", key] = text.encode()
        return f"s3://data/{key}"

    def make(self, kind: str, text: str, group: str | None = None) -> str:
        """A dataset and its schema."""
        schema_arn = self.call("CreateSchema", name=f"{kind}-{len(self.arns)}", schema=text)["schemaArn"]
        arn = self.call(
            *("CreateDataset",),
            **{"name": kind, "schemaArn": schema_arn, "datasetType": kind},
            datasetGroupArn=group or self.arns["group"],
        )["datasetArn"]
        self.arns[kind], self.arns[f"{kind}-schema"] = arn, schema_arn
        return arn

    def load(self, kind: str, text: str, name: str = "job", mode: str = "FULL") -> dict[str, Any]:
        """Import CSV text into a dataset; the finished job."""
        job = self.call(
            "CreateDatasetImportJob",
            jobName=name,
            datasetArn=self.arns[kind],
            dataSource={"dataLocation": self.upload(f"{name}.csv", text)},
            roleArn=ROLE,
            importMode=mode,
        )["datasetImportJobArn"]
        self.done()
        return self.call("DescribeDatasetImportJob", datasetImportJobArn=job)["datasetImportJob"]

    def train(self, solution_arn: str, **request: Any) -> dict[str, Any]:
        """A finished version of a solution."""
        arn = self.call("CreateSolutionVersion", solutionArn=solution_arn, **request)["solutionVersionArn"]
        self.done()
        return self.call("DescribeSolutionVersion", solutionVersionArn=arn)["solutionVersion"]

    def put(self, session: str, *items: str, user: str | None = None, **event: Any) -> None:
        """Stream a view of each item, a second apart."""
        views = [
            {"eventType": "view", "itemId": item, "sentAt": NOW + 5000 + place} | event
            for place, item in enumerate(items)
        ]
        whom = {"userId": user} if user else {}
        self.call("PutEvents", trackingId=self.arns["tracking"], sessionId=session, eventList=views, **whom)

    def recommended(self, user: str, count: int = 5, **request: Any) -> list[str]:
        answer = self.call(
            "GetRecommendations", campaignArn=self.arns["campaign"], userId=user, numResults=count, **request
        )
        return [item["itemId"] for item in answer["itemList"]]


def interactions_csv(users: int = 60, each: int = 20, items: int = 40) -> str:
    """Users of two tastes: the even ones like the first half of the items, the odd ones the second."""
    rows = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"]
    for user in range(users):
        for turn in range(each):
            item = (user // 2 * 7 + turn * 3) % (items // 2) + (user % 2) * (items // 2)
            rows.append(f"u{user},i{item},{NOW + turn * 60 + user},{'view' if turn % 4 else 'apply'}")
    return "\n".join(rows) + "\n"


def items_csv(items: int = 40) -> str:
    """The first half are cats; every item costs its number; all are old."""
    rows = [f"i{n},{'cat' if n < items // 2 else 'dog|pet'},{n},{NOW - 10_000_000}" for n in range(items)]
    return "\n".join(["ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP", *rows]) + "\n"


@pytest.fixture(autouse=True)
def _fake_recommender(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real training takes seconds; the integration tests have it."""
    monkeypatch.setattr("local.personalize.trainer.train", fake_recommender.train)
    monkeypatch.setattr("local.personalize.trainer.evaluate", fake_recommender.evaluate)
    monkeypatch.setattr("local.personalize.models.Model", fake_recommender.FakeModel)


@pytest.fixture
def world() -> Iterator[World]:
    """An empty service, and a dataset group."""
    s3 = FakeS3()
    app = create_app(
        settings=PersonalizeSettings(step_seconds=0, item_update_seconds=0, training_process=False),
        s3=lambda role, job: s3,
    )
    made = World(app, s3)
    made.arns["group"] = made.call("CreateDatasetGroup", name="group")["datasetGroupArn"]
    yield made
    app.close()


@pytest.fixture
def stocked(world: World) -> World:
    """With interactions, items, a tracker and a solution that does not train by itself."""
    world.make("Interactions", INTERACTIONS)
    world.make("Items", ITEMS)
    world.load("Interactions", interactions_csv(), "interactions")
    world.load("Items", items_csv(), "items")
    tracker = world.call("CreateEventTracker", name="tracker", datasetGroupArn=world.arns["group"])
    world.arns |= {"tracker": tracker["eventTrackerArn"], "tracking": tracker["trackingId"]}
    world.arns["solution"] = world.call(
        "CreateSolution",
        name="solution",
        datasetGroupArn=world.arns["group"],
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization",
        performAutoTraining=False,
    )["solutionArn"]
    return world


@pytest.fixture
def serving(stocked: World) -> World:
    """With a trained version and its campaign."""
    stocked.arns["version"] = stocked.train(stocked.arns["solution"])["solutionVersionArn"]
    stocked.arns["campaign"] = stocked.call(
        "CreateCampaign", name="campaign", solutionVersionArn=stocked.arns["version"]
    )["campaignArn"]
    stocked.done()
    return stocked
