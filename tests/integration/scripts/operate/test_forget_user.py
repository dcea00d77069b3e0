"""A visitor is forgotten by all services, also if the command is killed, or runs twice at the same time."""

import base64
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.scripts.operate.conftest import CONSUMERS, PREFIX, System, event
from tests.integration.step_functions.stack import KEYS, ROOT

pytestmark = pytest.mark.usefixtures("empty_queues")
RAW, SEED = f"{PREFIX}-raw", f"{PREFIX}-seed"


@pytest.fixture
def left(system: System, ann: str, bob: str) -> Callable[[], dict[str, int]]:
    """What ann and bob left in every store; and a function that counts where ann is still named."""
    of_ann, of_bob = event(ann, f"{ann}-1"), event(bob, f"{bob}-1")
    tail = event(None, f"{ann}-1")
    as_bob = event(ann, bob)  # a client that calls its session like another visitor
    system.put(of_ann, of_ann, of_bob, of_bob, tail, as_bob, base64.b64encode(of_ann), base64.b64encode(of_bob))
    for user, count in ((ann, 4), (bob, 2)):
        system.until(lambda user=user, count=count: len(system.tracked(user)) == count, "not in the tracker")
    system.until(lambda: len(letters(system)) == 4, "no dead letters")
    raw = {"both": [of_ann, of_bob, tail, as_bob], "bob": [of_bob], "encoded": [base64.b64encode(of_ann)]}
    for name, lines in raw.items():
        body = gzip.compress(b"".join(line + b"\n" for line in lines))
        system.client("s3").put_object(Bucket=RAW, Key=f"events/year=2026/{ann}-{name}.gz", Body=body)
    rows = f"USER_ID,ITEM_ID\n{ann},1-Pug-1-1\n{bob},1-Pug-1-1\n"
    system.client("s3").put_object(Bucket=SEED, Key=f"seed/{ann}.csv", Body=rows.encode())
    return lambda: {
        "history": len(history(system, ann)),
        "tracker": len(system.tracked(ann)),
        "letters": sum(ann.encode() in data for data in letters(system)),
        "files": sum(ann.encode() in body for bucket in (RAW, SEED) for body in bodies(system, bucket)),
    }


def history(system: System, name: str) -> list[str]:
    """Return the items whose user or session has a name."""
    pages = system.client("dynamodb").get_paginator("scan").paginate(TableName=f"{PREFIX}-history")
    return [item["sk"]["S"] for page in pages for item in page["Items"] if name in json.dumps(item)]


def bodies(system: System, bucket: str) -> list[bytes]:
    """Return every version of every object, unpacked and without base64."""
    s3, found = system.client("s3"), []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", []):
            body = s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()
            plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
            found.append(base64.b64decode(plain) if plain.startswith(b"eyJ") else plain)
    return found


def letters(system: System) -> list[bytes]:
    """Return what the dead letters of both functions hold."""
    sqs, found = system.client("sqs"), []
    for consumer in CONSUMERS:
        url = sqs.get_queue_url(QueueName=f"{PREFIX}-{consumer}-dead-letters")["QueueUrl"]
        seen = {}
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=20).get(
            "Messages"
        ):
            seen |= {message["MessageId"]: message for message in messages}
        for message in seen.values():
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
            found.append(base64.b64decode(base64.b64decode(json.loads(message["Body"])["data"])))
    return found


NOTHING = {"history": 0, "tracker": 0, "letters": 0, "files": 0}


def check_others(system: System, bob: str) -> None:
    """Check that everything of bob is where it was."""
    assert len([key for key in history(system, bob) if not key.startswith("login#")]) == 2
    assert len(system.tracked(bob)) == 2
    assert sum(bob.encode() in data for data in letters(system)) == 2
    assert sum(body.count(bob.encode()) for bucket in (RAW, SEED) for body in bodies(system, bucket)) == 5


def test_given_a_user_when_forgotten_then_no_service_knows_them_and_the_others_stay(
    system: System, left: Callable[[], dict[str, int]], ann: str, bob: str
) -> None:
    assert all(left().values())
    done = system.run("forget_user", f"--user={ann}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Receipt: s3://" in done.stdout
    assert ann not in done.stdout
    assert left() == NOTHING
    check_others(system, bob)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_given_kills_at_every_write_then_the_next_runs_finish(
    system: System, left: Callable[[], dict[str, int]], ann: str, bob: str, moment: str
) -> None:
    kills = 0
    for number in range(2, 60):
        done = killed(system, moment, number, ann)
        if done.returncode != -signal.SIGKILL:
            break
        kills += 1
        assert "Receipt" not in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
    assert kills > 4
    assert left() == NOTHING
    check_others(system, bob)


def killed(system: System, moment: str, number: int, user: str) -> subprocess.CompletedProcess[str]:
    """Run the command, and kill it at its write of that number."""
    module = "tests.integration.scripts.operate.killed_command"
    command = [sys.executable, "-m", module, moment, str(number), "forget_user", "--environment", "ops", "--user", user]
    variables = os.environ | KEYS | {"AWS_ENDPOINT_URL": system.endpoint, "COLUMNS": "80"}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300, check=False)


def test_given_several_removals_at_once_then_all_are_complete(
    system: System, left: Callable[[], dict[str, int]], ann: str, bob: str
) -> None:
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda user: system.run("forget_user", f"--user={user}"), (ann, bob, ann)))
    # Of two runs for one user, one may find that the other has cleaned up; then it says so, and can be repeated.
    again = [system.run("forget_user", f"--user={user}") for user in (ann, bob)]
    assert [done.returncode for done in again] == [0, 0], again
    assert 0 in (runs[0].returncode, runs[2].returncode), runs
    assert left() == NOTHING
    assert history(system, bob) == system.tracked(bob) == []
    assert not [body for bucket in (RAW, SEED) for body in bodies(system, bucket) if bob.encode() in body]
