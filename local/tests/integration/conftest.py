"""One local AWS as a process of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local_aws.testing.server import LocalAws, eventually, run_server

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


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with run_server(tmp_path_factory.mktemp("aws"), LOCAL_LAMBDA_RETRY_SECONDS="0.1,0.2") as aws:
        yield aws


@pytest.fixture(name="eventually", scope="session")
def eventually_fixture() -> Callable[..., Any]:
    return eventually


@pytest.fixture(scope="session")
def consumer_code() -> str:
    return CONSUMER
