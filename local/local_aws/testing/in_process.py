"""The Personalize service in this process, without HTTP and without delays, its S3 a dictionary."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from local_aws.personalize import PersonalizeApp

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
