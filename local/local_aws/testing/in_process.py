"""The Personalize service in this process, without HTTP and without delays. Its S3 is a dictionary."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from local_aws.personalize import PersonalizeApp

ROLE = "arn:aws:iam::123456789012:role/personalize"
NOW = 1_700_000_000


def schema(name: str, *fields: dict[str, Any]) -> str:
    """Return an Avro schema of Personalize as JSON text."""
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
    """The two S3 calls that jobs make, on a dictionary."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], bytes] = {}
        self.encryption: dict[tuple[str, str], dict[str, str]] = {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Return an object, or raise a ClientError."""
        if (Bucket, Key) not in self.files:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "There is no such key."}}, "GetObject")
        return {"Body": io.BytesIO(self.files[Bucket, Key])}

    def put_object(self, Bucket: str, Key: str, Body: bytes, **encryption: str) -> None:  # noqa: N803
        """Store an object, and how it is encrypted."""
        self.encryption[Bucket, Key] = encryption
        self.files[Bucket, Key] = Body


@dataclass
class InProcessPersonalize:
    """The application with shortcuts for tests. `arns` holds the ARNs of what the shortcuts created."""

    app: PersonalizeApp
    s3: FakeS3
    arns: dict[str, str] = field(default_factory=dict)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation and return its response."""
        return self.app.call(operation, request)

    def wait_idle(self) -> None:
        """Wait until all background work is done."""
        assert self.app.service().wait_idle(20)

    def upload(self, key: str, text: str) -> str:
        """Store a file and return its s3:// location."""
        self.s3.files["data", key] = text.encode()
        return f"s3://data/{key}"

    def create_dataset(self, dataset_type: str, schema_text: str, group: str | None = None, **more: Any) -> str:
        """Create a schema (`more` is a `domain`) and a dataset, and return the ARN of the dataset."""
        name = f"{dataset_type}-{len(self.arns)}"
        schema_arn = self.call("CreateSchema", name=name, schema=schema_text, **more)["schemaArn"]
        members = {"name": dataset_type, "schemaArn": schema_arn, "datasetType": dataset_type}
        arn: str = self.call("CreateDataset", datasetGroupArn=group or self.arns["group"], **members)["datasetArn"]
        self.arns[dataset_type], self.arns[f"{dataset_type}-schema"] = arn, schema_arn
        return arn

    def import_csv(self, dataset_type: str, text: str, name: str = "job", mode: str = "FULL") -> dict[str, Any]:
        """Import CSV text into a dataset and return the finished job."""
        arn = self.call(
            "CreateDatasetImportJob",
            jobName=name,
            datasetArn=self.arns[dataset_type],
            dataSource={"dataLocation": self.upload(f"{name}.csv", text)},
            roleArn=ROLE,
            importMode=mode,
        )["datasetImportJobArn"]
        self.wait_idle()
        job: dict[str, Any] = self.call("DescribeDatasetImportJob", datasetImportJobArn=arn)["datasetImportJob"]
        return job

    def train(self, solution_arn: str, **request: Any) -> dict[str, Any]:
        """Train a version of a solution and return it when the training has ended."""
        arn = self.call("CreateSolutionVersion", solutionArn=solution_arn, **request)["solutionVersionArn"]
        self.wait_idle()
        version: dict[str, Any] = self.call("DescribeSolutionVersion", solutionVersionArn=arn)["solutionVersion"]
        return version

    def deploy(self, recipe: str, **config: Any) -> str:
        """Train a solution of a recipe, e.g. `aws-sims`, and return its campaign, the one of `recommend` from then."""
        solution = self.call(
            "CreateSolution",
            name=recipe,
            datasetGroupArn=self.arns["group"],
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            performAutoTraining=False,
            solutionConfig=config,
        )["solutionArn"]
        version = self.train(solution)["solutionVersionArn"]
        self.arns["campaign"] = self.call("CreateCampaign", name=recipe, solutionVersionArn=version)["campaignArn"]
        self.wait_idle()
        return self.arns["campaign"]

    def put_views(self, session: str, *items: str, user: str | None = None, **event: Any) -> None:
        """Stream a view of each item, one second apart."""
        views = [
            {"eventType": "view", "itemId": item, "sentAt": NOW + 5000 + place} | event
            for place, item in enumerate(items)
        ]
        visitor = {"userId": user} if user else {}
        self.call("PutEvents", trackingId=self.arns["tracking"], sessionId=session, eventList=views, **visitor)

    def recommend(self, user: str, count: int = 5, **request: Any) -> list[str]:
        """Return the items that the campaign recommends."""
        response = self.call(
            "GetRecommendations", campaignArn=self.arns["campaign"], userId=user, numResults=count, **request
        )
        return [item["itemId"] for item in response["itemList"]]


def interactions_csv(users: int = 60, each: int = 20, items: int = 40) -> str:
    """Return interactions of two groups: users with even numbers view the first half of the items, odd the second."""
    rows = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"]
    for user in range(users):
        for turn in range(each):
            item = (user // 2 * 7 + turn * 3) % (items // 2) + (user % 2) * (items // 2)
            rows.append(f"u{user},i{item},{NOW + turn * 60 + user},{'view' if turn % 4 else 'apply'}")
    return "\n".join(rows) + "\n"


def items_csv(items: int = 40) -> str:
    """Return items: the first half are cats, the price of an item is its number, and all are old."""
    rows = [f"i{n},{'cat' if n < items // 2 else 'dog|pet'},{n},{NOW - 10_000_000}" for n in range(items)]
    return "\n".join(["ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP", *rows]) + "\n"
