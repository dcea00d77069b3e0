"""The data path on a local AWS: stream, the two consumers as built zips, dead letters, table, buckets, tracker."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from animal_recommender.event_types import DEFAULT_EVENT_TYPES
from local_aws.testing.roles import let_personalize_read, make_role, statement
from scripts.generate.package import main as package
from tests.integration.step_functions.provisioning import serve
from tests.integration.step_functions.stack import KEYS, ROOT

PREFIX = "ops-animal-recommender"
STREAM = f"{PREFIX}-events"
CONSUMERS = ("put_events", "record_history")
ANIMAL = {
    "animal_species_id": "2",
    "animal_primary_breed_id": "Pug",
    "animal_size_id": "2",
    "animal_age_id": "1",
}


@dataclass(eq=False)
class System:
    """The running data path, and an operator's access to it."""

    endpoint: str
    tracking_id: str = ""

    @cache  # noqa: B019 - one system a session
    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        return boto3.client(service, endpoint_url=self.endpoint, **keys)

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's command."""
        command = [sys.executable, "-m", f"scripts.operate.{name}", "--environment", "ops", *arguments]
        variables = os.environ | KEYS | {"AWS_ENDPOINT_URL": self.endpoint, "COLUMNS": "200"}
        return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300)

    def local(self, path: str, document: Any = None) -> Any:
        """Call the local AWS's own `/_local/` paths; a document replaces what is set."""
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.endpoint}/_local/{path}", data, method="PUT" if data else "GET")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def put(self, *records: bytes) -> None:
        """Put records on the stream, in order."""
        for start in range(0, len(records), 100):
            entries = [{"Data": record, "PartitionKey": "one"} for record in records[start : start + 100]]
            self.client("kinesis").put_records(StreamName=STREAM, Records=entries)

    def tracked(self, user: str) -> list[str]:
        """Return the ids of a user's events in Personalize."""
        events = self.local(f"personalize/events?trackingId={self.tracking_id}&userId={user}")
        return events["users"].get(user, [])

    def history(self, user: str) -> list[str]:
        """Return the ids of the events in a user's history."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=f"{PREFIX}-history")
        items = [item for page in pages for item in page["Items"] if item["pk"]["S"] == f"userId#{user}"]
        return [item["eventId"]["S"] for item in items]

    def discard_dead_letters(self) -> None:
        """Empty the dead-letter queues of what an earlier test left (SQS allows PurgeQueue only once a minute)."""
        sqs = self.client("sqs")
        for consumer in CONSUMERS:
            url = sqs.get_queue_url(QueueName=f"{PREFIX}-{consumer}-dead-letters")["QueueUrl"]
            while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in found:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    @staticmethod
    def until(condition: Callable[[], Any], otherwise: str, seconds: float = 90) -> Any:
        """Wait until the condition is true; return what it returned."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, otherwise
            time.sleep(0.1)
        return found


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One data path for all tests of this folder."""
    directory: Path = tmp_path_factory.mktemp("operations")
    process, endpoint = serve(directory)
    try:
        made = System(endpoint)
        provision(made)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(directory, ignore_errors=True)


def provision(system: System) -> None:
    """Make what Terraform makes of the data path, and publish the names."""
    queues = {
        name: system.client("sqs").create_queue(QueueName=f"{PREFIX}-{name}-dead-letters")["QueueUrl"]
        for name in CONSUMERS
    }
    for bucket in ("raw", "seed"):
        system.client("s3").create_bucket(Bucket=f"{PREFIX}-{bucket}")
        versioning = {"Status": "Enabled"}
        system.client("s3").put_bucket_versioning(Bucket=f"{PREFIX}-{bucket}", VersioningConfiguration=versioning)
    names = {"raw-bucket": f"{PREFIX}-raw", "seed-bucket": f"{PREFIX}-seed", "history-table": f"{PREFIX}-history"}
    names |= {f"dead-letter-queues/{name}": url for name, url in queues.items()}
    names["event-types"] = json.dumps(DEFAULT_EVENT_TYPES)
    names |= {f"functions/{name}": f"{PREFIX}-{name}" for name in CONSUMERS}
    names |= _personalize(system)
    reader = let_personalize_read(system.client("s3"), system.client("iam"), f"{PREFIX}-seed", "ops-personalize")
    names |= {"personalize-role-arn": reader, "athena-workgroup": PREFIX, "stream-name": STREAM}
    names |= {"firehose-name": _raw_events(system)}
    for key, value in names.items():
        system.client("ssm").put_parameter(Name=f"/animal-recommender/ops/{key}", Value=value, Type="String")
    _table(system)
    _consumers(system, queues)


def _raw_events(system: System) -> str:
    """Make the delivery stream and the workgroup that raw events have. Tests write the objects themselves."""
    system.client("athena").create_work_group(Name=PREFIX)
    role = make_role(system.client("iam"), "ops-firehose", ["firehose"], statement("s3:PutObject", Resource="*"))
    system.client("firehose").create_delivery_stream(
        DeliveryStreamName=f"{PREFIX}-raw-events",
        ExtendedS3DestinationConfiguration={
            "RoleARN": role,
            "BucketARN": f"arn:aws:s3:::{PREFIX}-raw",
            "BufferingHints": {"IntervalInSeconds": 0, "SizeInMBs": 1},
        },
    )
    return f"{PREFIX}-raw-events"


def _personalize(system: System) -> dict[str, str]:
    personalize = system.client("personalize")
    group = personalize.create_dataset_group(name=PREFIX)["datasetGroupArn"]
    _active(system, lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"])
    schema = (ROOT / "seed" / "schemas" / "interactions.json").read_text(encoding="utf-8")
    schema_arn = personalize.create_schema(name=PREFIX, schema=schema)["schemaArn"]
    dataset = personalize.create_dataset(
        name=PREFIX, schemaArn=schema_arn, datasetGroupArn=group, datasetType="Interactions"
    )["datasetArn"]
    _active(system, lambda: personalize.describe_dataset(datasetArn=dataset)["dataset"])
    tracker = personalize.create_event_tracker(name=PREFIX, datasetGroupArn=group)
    arn, system.tracking_id = tracker["eventTrackerArn"], tracker["trackingId"]
    _active(system, lambda: personalize.describe_event_tracker(eventTrackerArn=arn)["eventTracker"])
    return {"dataset-group-arn": group, "tracking-id": system.tracking_id}


def _active(system: System, describe: Callable[[], dict[str, Any]]) -> None:
    system.until(lambda: describe()["status"] == "ACTIVE", "never ACTIVE")


def _table(system: System) -> None:
    keys = {"pk": "HASH", "sk": "RANGE"}
    system.client("dynamodb").create_table(
        TableName=f"{PREFIX}-history",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
    )


def _consumers(system: System, queues: dict[str, str]) -> None:
    kinesis, client = system.client("kinesis"), system.client("lambda")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    stream_arn = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    actions = (
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:Query",
        "personalize:PutEvents",
        "sqs:SendMessage",
    )
    service = ("kinesis:*", "logs:*")
    role = make_role(system.client("iam"), "ops", ["lambda"], statement(*actions, *service, Resource="*"))
    package(CONSUMERS)
    own = {
        "put_events": {"TRACKING_ID": system.tracking_id, "PUBLISHER": "publish-pets"},
        "record_history": {
            "HISTORY_TABLE": f"{PREFIX}-history",
            "HISTORY_TTL_DAYS": "30",
            "APPLICATION_EVENT_TYPES": '["Application"]',
        },
    }
    for name in CONSUMERS:
        variables = own[name] | {"DEAD_LETTER_QUEUE_URL": queues[name], "ENVIRONMENT": "ops"}
        variables |= {"EVENT_TYPES": json.dumps(DEFAULT_EVENT_TYPES), "PETS_TABLE": f"{PREFIX}-pets"}
        variables |= {"AGE_LIMITS": "[1, 3, 7, 10]"}
        client.create_function(
            FunctionName=f"{PREFIX}-{name}",
            Runtime="python3.13",
            Role=role,
            Handler=f"{name}.handler.handler",
            Timeout=20,
            Code={"ZipFile": (ROOT / "build" / f"{name}.zip").read_bytes()},
            Environment={"Variables": variables | {"POWERTOOLS_METRICS_NAMESPACE": "AnimalRecommender"}},
        )
        version = client.publish_version(FunctionName=f"{PREFIX}-{name}")["Version"]
        client.create_alias(FunctionName=f"{PREFIX}-{name}", Name="live", FunctionVersion=version)
        queue_arn = f"arn:aws:sqs:us-east-1:123456789012:{PREFIX}-{name}-dead-letters"
        client.create_event_source_mapping(
            EventSourceArn=stream_arn,
            FunctionName=f"{PREFIX}-{name}:live",
            StartingPosition="TRIM_HORIZON",
            BatchSize=10,
            MaximumRetryAttempts=1,
            BisectBatchOnFunctionError=True,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            DestinationConfig={"OnFailure": {"Destination": queue_arn}},
        )


def event(user: str | None, session: str, **more: Any) -> bytes:
    """A view of a pug."""
    who = {"userId": user} if user else {}
    return json.dumps(
        {**who, "sessionId": session, "eventType": "DetailView", "animalMetadata": ANIMAL, **more}
    ).encode()


@pytest.fixture
def ann() -> str:
    """The id of a visitor of this test only."""
    return f"ann-{uuid.uuid4().hex}"


@pytest.fixture
def bob() -> str:
    """The id of another visitor of this test only."""
    return f"bob-{uuid.uuid4().hex}"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Where dead letters are exported."""
    return tmp_path / "letters.jsonl"


@pytest.fixture
def shown(system: System, empty_queues: None, export: Path, ann: str, bob: str) -> str:
    """What `dead_letters` shows, and exports, after twelve events of ann with three refused records among them."""
    good = [event(ann, f"{ann}-1", eventId=f"{ann}-{number}") for number in range(12)]
    poison = [
        b"not JSON",
        event(bob, f"{bob}-1", eventType=7),
        event(bob, f"{bob}-1", animalMetadata={"animal_age_id": 9}),
    ]
    system.put(*good[:6], *poison, *good[6:])
    system.until(lambda: len(system.history(ann)) == len(system.tracked(ann)) == 12, "ann's events are not there")
    return system.until(lambda: _exported(system, export, len(poison)), "the poison is not in the queues")


def _exported(system: System, export: Path, count: int) -> str | None:
    """Return what the command shows once it exports that many records, each from both queues."""
    done = system.run("dead_letters", "--export", str(export))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()] if export.exists() else []
    return done.stdout if [len(line["functions"]) for line in lines] == [2] * count else None


@pytest.fixture
def empty_queues(system: System) -> None:
    system.discard_dead_letters()
