"""One local AWS as a process, for all tests; with `--dist loadgroup` the tests of a folder stay on one worker."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.testing.server import LocalAws, eventually, run_server
from local_aws.testing.state_machines import create_state_machine

HERE = Path(__file__).parent
CONSUMER = """
import base64, json, os, boto3

queue = boto3.client("sqs")

def handler(event, context):
    seen = [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]
    if any(text.startswith("poison") for text in seen):
        raise ValueError("poison")
    failed = [r["kinesis"]["sequenceNumber"] for r, text in zip(event["Records"], seen) if text.startswith("once")
              and not os.path.exists("/tmp/" + text)]
    for text in seen:
        if text.startswith("once"):
            open("/tmp/" + text, "w").close()
    done = seen[: seen.index(next(t for t in seen if t.startswith("once")))] if failed else seen
    if done:
        queue.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(done))
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
"""


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in this hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            folder = item.path.parent.relative_to(HERE)
            item.add_marker(pytest.mark.xdist_group(f"local/{folder.as_posix()}"))


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with run_server(tmp_path_factory.mktemp("aws"), LOCAL_LAMBDA_RETRY_SECONDS="0.1,0.2") as aws:
        yield aws


@pytest.fixture(scope="module")
def machine(aws: LocalAws) -> str:
    return create_state_machine(aws)


@pytest.fixture(name="eventually", scope="session")
def eventually_fixture() -> Callable[..., Any]:
    return eventually


@pytest.fixture(scope="session")
def consumer_code() -> str:
    return CONSUMER
