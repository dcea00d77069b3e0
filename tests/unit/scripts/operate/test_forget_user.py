"""A visitor is removed from everywhere, whoever else is there stays, and killing it anywhere only delays it."""

import base64
import gzip
import json
from typing import Any

import boto3
import pytest

from animal_recommender.events import parse_event
from animal_recommender.history_table import event_item, login_item
from scripts.common.deployment import Deployment
from scripts.common.task import TaskError
from scripts.operate.forget_user.__main__ import finish, forget
from scripts.operate.forget_user.removal import Removal
from scripts.operate.forget_user.subject import Subject
from tests.unit.scripts.operate.conftest import bury, event, publish, waiting

USER = "12345"
WRITES = ("PutObject", "DeleteObject", "DeleteObjects", "BatchWriteItem", "DeleteMessageBatch")


class Killed(BaseException):
    """The process is gone."""


class FakePersonalize:
    """Deletion jobs that complete at the second look. `failures`: how many fail first."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.lists: list[str] = []
        self.failures = 0

    def create_data_deletion_job(self, jobName: str, dataSource: dict[str, str], **_: str) -> dict[str, str]:  # noqa: N803
        """Starts a job, and reads its list."""
        bucket, _, key = dataSource["dataLocation"].removeprefix("s3://").partition("/")
        self.lists.append(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode())
        job = {"dataDeletionJobArn": f"arn:{jobName}", "jobName": jobName, "status": "PENDING", "numDeleted": 2}
        self.jobs[job["dataDeletionJobArn"]] = job
        return job

    def list_data_deletion_jobs(self, datasetGroupArn: str, nextToken: str = "0") -> dict[str, Any]:  # noqa: N803
        """One job a page."""
        jobs, at = list(self.jobs.values()), int(nextToken)
        more = {"nextToken": str(at + 1)} if at + 1 < len(jobs) else {}
        return {"dataDeletionJobs": jobs[at : at + 1], **more}

    def describe_data_deletion_job(self, dataDeletionJobArn: str) -> dict[str, Any]:  # noqa: N803
        """As it is; the next look sees the next status."""
        job = self.jobs[dataDeletionJobArn]
        seen = dict(job)
        if job["status"] == "PENDING":
            end = (
                {"status": "FAILED", "failureReason": "no access to the list"}
                if self.failures
                else {"status": "COMPLETED"}
            )
            self.failures = max(0, self.failures - 1)
            job |= end
        return {"dataDeletionJob": seen}


class Deployed(Deployment):
    """The environment `test`, whose writes may be counted out: after `allowed` of them the process is killed."""

    def __init__(self) -> None:
        super().__init__("test")
        self.personalize = FakePersonalize()
        self.allowed: float = float("inf")
        self._clients: dict[str, Any] = {}

    def client(self, service: str, read_timeout: float = 60.0) -> Any:
        """moto's, or the fake Personalize."""
        if service == "personalize":
            return self.personalize
        if service not in self._clients:
            self._clients[service] = super().client(service, read_timeout)
            self._clients[service].meta.events.register("before-call", self._count)
        return self._clients[service]

    def _count(self, model: Any, **_: Any) -> None:
        if model.name in WRITES:
            self.allowed -= 1
            if self.allowed < 0:
                raise Killed


@pytest.fixture
def deployed(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """Everything that the user 12345, and others, left behind."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    publish({name: name for name in ("raw-bucket", "seed-bucket", "history-table", "dataset-group-arn")})
    publish({"personalize-role-arn": "arn:aws:iam::123456789012:role/personalize"})
    s3 = boto3.client("s3")
    for bucket in ("raw-bucket", "seed-bucket"):
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    _fill_files(s3)
    _fill_history()
    bury(deployment, "put_events", {1: event(USER), 2: event("1"), 3: b'{"userId": "12345", '})
    return Deployed()


def _fill_files(s3: Any) -> None:
    earlier = gzip.compress(event(USER) + b"\n")
    s3.put_object(Bucket="raw-bucket", Key="events/year=2025/month=01/day=01/hour=00/a.gz", Body=earlier)
    anonymous = {"userId": None, "sessionId": "late"}
    files = {
        "events/year=2025/month=01/day=01/hour=00/a.gz": [event("1"), event(USER), event("1", **anonymous)],
        "events/year=2025/month=01/day=01/hour=01/b.gz": [_enveloped(USER, "late"), b'{"userId": "12345", broken'],
        "events/year=2025/month=01/day=01/hour=02/c.gz": [event("1"), event("123456"), event(USER, userId=12345)],
        "events/year=2025/month=01/day=01/hour=03/d.gz": [event("2")],
        "errors/format/year=2025/month=01/day=01/e": [_undelivered(event(USER)), _undelivered(event("2"))],
        "query-results/f.csv": [b"happened_at,session_id", b"2025,late"],
        "query-results/g.csv": [b"breed,views", b"Pug,3"],
    }
    for key, lines in files.items():
        body = b"".join(line + b"\n" for line in lines)
        s3.put_object(Bucket="raw-bucket", Key=key, Body=gzip.compress(body) if key.endswith(".gz") else body)
    seed = f"USER_ID,ITEM_ID\n{USER},2-Pug-2-1\n1,2-Pug-2-1\nlate,2-Pug-2-1\n"
    s3.put_object(Bucket="seed-bucket", Key="seed/interactions.csv", Body=seed.encode())


def _enveloped(user: str, session: str) -> bytes:
    inner = json.loads(event(user, sessionId=session))
    return json.dumps({"Partitionkey": "p", "Data": json.dumps(inner)}).encode()


def _undelivered(data: bytes) -> bytes:
    return json.dumps({"errorCode": "S3.AccessDenied", "rawData": base64.b64encode(data).decode()}).encode()


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
        one = parse_event(data, position=0, default_id=f"e{number}", arrival=1_735_689_600.0 + number)
        dynamodb.put_item(TableName="history-table", Item=event_item(one, 30))
        if user:
            dynamodb.put_item(TableName="history-table", Item=login_item(one, 30))


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
    assert raw.pop("errors/format/year=2025/month=01/day=01/e") == [_undelivered(event("2")) + b"\n"]
    assert raw == {
        f"{day}/hour=00/a.gz": [event("1") + b"\n"],
        f"{day}/hour=01/b.gz": [b""],
        f"{day}/hour=02/c.gz": [event("1") + b"\n" + event("123456") + b"\n"],
        f"{day}/hour=03/d.gz": [event("2") + b"\n"],
        "query-results/g.csv": [b"breed,views\nPug,3\n"],
    }
    assert seed.pop("seed/interactions.csv") == [b"USER_ID,ITEM_ID\n1,2-Pug-2-1\n"]
    assert all("/receipt-" in key for key in seed)
    assert all(USER.encode() not in body and b"late" not in body for bodies in seed.values() for body in bodies)
    items = boto3.client("dynamodb").scan(TableName="history-table")["Items"]
    assert {item["pk"]["S"] for item in items} == {"userId#1", "session#s1", "session#s3"}
    assert not [item for item in items if item.get("userId", {}).get("S") == USER]
    assert waiting(deployed, "put_events") == 1


def test_given_a_user_when_forgotten_then_nothing_is_left_and_the_others_stay(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    forget(deployed, USER, wait=True)
    check_forgotten(deployed)
    assert deployed.personalize.lists == [f"USER_ID\n{USER}\nlate\ns-12345\ns1\ns2\n"]
    assert "history items deleted" in capsys.readouterr().out


def test_given_a_user_when_forgotten_then_the_receipt_says_what_was_done_and_names_nobody(deployed: Deployed) -> None:
    forget(deployed, USER, wait=True)
    (key, (body,)), *others = [entry for entry in contents("seed-bucket").items() if "receipt" in entry[0]]
    assert not others
    receipt = json.loads(body)
    assert receipt["subject"] in key
    assert receipt["counts"]["objects rewritten"] >= 5  # one of them twice, if its other session is found later
    assert receipt["counts"]["dead letters deleted"] == 2
    assert receipt["counts"]["records deleted by Personalize"] == 2
    assert receipt["remaining"]
    assert USER not in body.decode()


def test_given_it_is_killed_after_any_write_then_the_next_runs_finish_it(deployed: Deployed) -> None:
    runs = 0
    for allowed in range(1, 60):
        deployed.allowed, runs = allowed, runs + 1
        try:
            forget(deployed, USER, wait=True)
        except Killed:
            continue
        break
    assert runs > 3
    deployed.allowed = float("inf")
    check_forgotten(deployed)
    assert len(deployed.personalize.jobs) == 1


def test_given_no_wait_then_a_later_run_finishes_and_writes_the_receipt(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    forget(deployed, USER, wait=False)
    assert not [key for key in contents("seed-bucket") if "receipt" in key]
    forget(deployed, USER, wait=False)
    assert "Going on with the removal" in capsys.readouterr().out
    check_forgotten(deployed)
    assert len(deployed.personalize.jobs) == 1


def test_given_a_deletion_job_that_fails_then_its_reason_is_named_and_the_next_run_starts_another(
    deployed: Deployed,
) -> None:
    deployed.personalize.failures = 1
    with pytest.raises(TaskError, match="FAILED: no access to the list"):
        forget(deployed, USER, wait=True)
    forget(deployed, USER, wait=True)
    assert [job["status"] for job in deployed.personalize.jobs.values()] == ["FAILED", "COMPLETED"]
    check_forgotten(deployed)


def test_given_a_user_nobody_knows_then_nothing_changes_and_there_is_a_receipt(deployed: Deployed) -> None:
    before = contents("raw-bucket")
    removal = Removal(deployed, "nobody", lambda seconds: None)
    receipt = removal.run(wait=True)
    assert receipt is not None
    finish(removal, receipt)
    assert contents("raw-bucket") == before
    assert receipt["counts"]["objects rewritten"] == 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (event(USER), True),
        (event("1", userId=12345), True),
        (event("1", sessionId="theirs", userId=None), True),
        (event("1", sessionId="theirs"), False),
        (event("123456"), False),
        (_enveloped(USER, "x"), True),
        (_undelivered(_enveloped(USER, "x")), True),
        (_undelivered(b"not JSON of 12345!"), True),
        (_undelivered(event("1")), False),
        (b'{"userId": "12345"', True),
        (b"\xff\xfe 12345 \x00", True),
        (b"user 123456", False),
        (b'{"user_id": "12345"}', True),
        (b"[" * 5_000 + b'"12345"', True),
        (json.dumps([json.loads(event("1")), json.loads(event(USER))]).encode(), True),
        (b"", False),
    ],
)
def test_given_a_line_then_it_is_known_whose_it_is(line: bytes, expected: bool) -> None:
    assert Subject(USER, {"theirs"}).owns(line) is expected
