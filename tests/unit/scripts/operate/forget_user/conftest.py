"""A deployment in which one visitor and others left their traces: files, history, dead letters, Personalize."""

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from animal_recommender.event_types import EventTypes
from animal_recommender.events import parse_event
from animal_recommender.history_table import applied_item, event_item, login_item
from animal_recommender.personalize_ids import session_as_user
from local_aws.personalize.resource_types import DATA_DELETION_JOB
from local_aws.testing.personalize_account import PersonalizeAccount, personalize_account
from scripts.operate.deployment import Deployment
from tests.unit.scripts.operate.conftest import PREFIX, bury, event, publish, waiting

USER = "77345"
WRITES = ("PutObject", "DeleteObject", "DeleteObjects", "BatchWriteItem", "DeleteMessageBatch")


class Killed(BaseException):
    """The process is gone."""


class Lists:
    """The S3 of Personalize: it notes the lists that were read. `refusals`: so many reads are refused first."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.refusals = 0
        self._s3 = boto3.client("s3")

    def get_object(self, **request: str) -> dict[str, Any]:
        if self.refusals:
            self.refusals -= 1
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no access to the list"}}, "GetObject")
        response = self._s3.get_object(**request)
        self.read.append(response["Body"].read().decode())
        return self._s3.get_object(**request)


class KillingAws:
    """Clients of moto and of the local Personalize; after `allowed` writes the process is killed."""

    def __init__(self, deployment: Deployment, account: PersonalizeAccount) -> None:
        self.allowed: float = float("inf")
        self._real = deployment.aws
        self._clients: dict[str, Any] = {"personalize": account.client()}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._real.client(service)
            self._clients[service].meta.events.register("before-call", self._count)
        return self._clients[service]

    def _count(self, model: Any, **_: Any) -> None:
        if model.name in WRITES:
            self.allowed -= 1
            if self.allowed < 0:
                raise Killed


class Deployed(Deployment):
    """The environment `test` with Personalize in this process."""

    def __init__(self, deployment: Deployment, account: PersonalizeAccount) -> None:
        super().__init__("test", KillingAws(deployment, account))
        self.personalize, self.lists = account, Lists()
        account.s3 = self.lists

    def deletion_jobs(self) -> list[str]:
        """The status of every deletion job, oldest first."""
        return [self.personalize.resource(arn)["status"] for arn in self.personalize.arns(DATA_DELETION_JOB)]


@pytest.fixture
def deployed(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """Everything that the user 77345, and others, left behind."""
    publish(
        {name: name for name in ("raw-bucket", "seed-bucket", "history-table", "athena-workgroup", "firehose-name")}
    )
    publish({"stream-name": f"{PREFIX}-events", "personalize-role-arn": "arn:aws:iam::123456789012:role/personalize"})
    s3 = boto3.client("s3")
    for bucket in ("raw-bucket", "seed-bucket"):
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    boto3.client("athena").create_work_group(Name="athena-workgroup")
    _make_firehose()
    _fill_files(s3)
    _fill_history()
    bury(deployment, "put_events", {1: event(USER), 2: event("1"), 3: b'{"userId": "77345", '})
    with personalize_account() as account:
        monkeypatch.setattr("time.sleep", account.clock.sleep)
        publish({"dataset-group-arn": account.group_arn})
        put_interactions(account, USER, session_as_user("late"), "1")
        yield Deployed(deployment, account)


def _make_firehose() -> None:
    boto3.client("firehose").create_delivery_stream(
        DeliveryStreamName="firehose-name",
        ExtendedS3DestinationConfiguration={
            "RoleARN": "arn:aws:iam::123456789012:role/firehose",
            "BucketARN": "arn:aws:s3:::raw-bucket",
            "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 1},
        },
    )


def _fill_files(s3: Any) -> None:
    earlier = gzip.compress(event(USER) + b"\n")
    s3.put_object(Bucket="raw-bucket", Key="events/year=2025/month=01/day=01/hour=00/a.gz", Body=earlier)
    anonymous = {"userId": None, "sessionId": "late"}
    files = {
        "events/year=2025/month=01/day=01/hour=00/a.gz": [event("1"), event(USER), event("1", **anonymous)],
        "events/year=2025/month=01/day=01/hour=01/b.gz": [enveloped(USER, "late"), b'{"userId": "77345", broken'],
        "events/year=2025/month=01/day=01/hour=02/c.gz": [event("1"), event("773456"), event(USER, userId=77345)],
        "events/year=2025/month=01/day=01/hour=03/d.gz": [event("2")],
        "errors/format/year=2025/month=01/day=01/e": [undelivered(event(USER)), undelivered(event("2"))],
        "query-results/f.csv": [b"happened_at,session_id", b"2025,late"],
        "query-results/g.csv": [b"breed,views", b"Pug,3"],
    }
    for key, lines in files.items():
        body = b"".join(line + b"\n" for line in lines)
        s3.put_object(Bucket="raw-bucket", Key=key, Body=gzip.compress(body) if key.endswith(".gz") else body)
    seed = f"USER_ID,ITEM_ID\n{USER},2-Pug-2-1\n1,2-Pug-2-1\nsession#late,2-Pug-2-1\n"
    s3.put_object(Bucket="seed-bucket", Key="seed/interactions.csv", Body=seed.encode())


def _fill_history() -> None:
    dynamodb = boto3.client("dynamodb")
    keys = {"pk": "HASH", "sk": "RANGE"}
    dynamodb.create_table(
        TableName="history-table",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
    )
    for number, (user, session) in enumerate([(USER, "s1"), (USER, "s2"), ("1", "s1"), (None, "s1"), ("1", "s3")]):
        data = event(user or "", sessionId=session) if user else event("", sessionId=session, userId=None)
        arrival = 1_735_689_600.0 + number
        one = parse_event(
            json.loads(data), position=0, record=0, place=f"e{number}", arrival=arrival, event_types=EventTypes()
        )
        dynamodb.put_item(TableName="history-table", Item=event_item(one, 30))
        if user:
            dynamodb.put_item(TableName="history-table", Item=login_item(one, 30))
        dynamodb.put_item(TableName="history-table", Item=applied_item(replace(one, animal_id=f"pet-{number}"), 30))
        if number == 0:  # an application before the login, which record_history has not moved yet
            before = replace(one, user_id=None, animal_id="pet-before", timestamp=one.timestamp - 9)
            dynamodb.put_item(TableName="history-table", Item=applied_item(before, 30))


def put_interactions(account: PersonalizeAccount, *users: str) -> None:
    """Gives Personalize one interaction of each user."""
    tracker = account.client().create_event_tracker(name="test", datasetGroupArn=account.group_arn)
    account.clock.sleep(10)
    for user in users:
        account.client("personalize-events").put_events(
            trackingId=tracker["trackingId"],
            userId=user,
            sessionId=user,
            eventList=[{"eventType": "DetailView", "itemId": "i1", "sentAt": account.clock()}],
        )


def enveloped(user: str, session: str) -> bytes:
    inner = json.loads(event(user, sessionId=session))
    return json.dumps({"Partitionkey": "p", "Data": json.dumps(inner)}).encode()


def undelivered(data: bytes) -> bytes:
    return json.dumps({"errorCode": "S3.AccessDenied", "rawData": base64.b64encode(data).decode()}).encode()


def contents(bucket: str) -> dict[str, list[bytes]]:
    """Every version of every object, unpacked, by key; the newest first."""
    s3 = boto3.client("s3")
    found: dict[str, list[bytes]] = {}
    for version in s3.list_object_versions(Bucket=bucket).get("Versions", []):
        body = s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()
        plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        found.setdefault(version["Key"], []).append(plain)
    return found


def check_forgotten(deployed: Deployed) -> None:
    """Nothing of the user is left, and everything of the others."""
    raw, seed = contents("raw-bucket"), contents("seed-bucket")
    day = "events/year=2025/month=01/day=01"
    assert raw.pop("errors/format/year=2025/month=01/day=01/e") == [undelivered(event("2")) + b"\n"]
    assert raw == {
        f"{day}/hour=00/a.gz": [event("1") + b"\n"],
        f"{day}/hour=01/b.gz": [b""],
        f"{day}/hour=02/c.gz": [event("1") + b"\n" + event("773456") + b"\n"],
        f"{day}/hour=03/d.gz": [event("2") + b"\n"],
        "query-results/g.csv": [b"breed,views\nPug,3\n"],
    }
    assert seed.pop("seed/interactions.csv") == [b"USER_ID,ITEM_ID\n1,2-Pug-2-1\n"]
    assert all("/receipt-" in key for key in seed)
    assert all(USER.encode() not in body and b"late" not in body for bodies in seed.values() for body in bodies)
    items = boto3.client("dynamodb").scan(TableName="history-table")["Items"]
    assert {item["pk"]["S"] for item in items} == {"userId#1", "session#s1", "session#s3"}
    assert not [item for item in items if item.get("userId", {}).get("S") == USER]
    applied = {item["animal_id"]["S"] for item in items if item["sk"]["S"].startswith("applied#")}
    assert applied == {"pet-2", "pet-3", "pet-4"}
    assert waiting(deployed, "put_events") == 1
