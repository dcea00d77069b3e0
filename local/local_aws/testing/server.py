"""One local AWS as a process of its own, and short ways to make things in it."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local_aws.testing.roles import make_role, policy, statement

SERVICES = ["events", "firehose", "lambda", "personalize", "scheduler", "states"]
USUAL_ACTIONS = ("kinesis:*", "lambda:InvokeFunction", "logs:*", "s3:*", "sns:Publish", "sqs:SendMessage", "states:*")


def server_process(data_dir: Path, *arguments: str, **names: str) -> subprocess.Popen[str]:
    """Start a server on a free port; returns when it is ready or has ended."""
    command = [sys.executable, "-m", "local_aws", "serve", "--port", "0", "--data-dir", str(data_dir), *arguments]
    process = subprocess.Popen(
        command, env={**os.environ, **names}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.ready_line = process.stdout.readline() if process.stdout else ""  # type: ignore[attr-defined]
    return process


def eventually(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Return the condition's first true value; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{condition} did not come true within {seconds} s")


@dataclass
class Aws:
    """A running local AWS."""

    endpoint: str
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                endpoint_url=self.endpoint,
                region_name="us-east-1",
                aws_access_key_id="local",
                aws_secret_access_key="local",
                config=Config(retries={"total_max_attempts": 1}, max_pool_connections=60),
            )
        return self.clients[service]

    def administer(self, path: str, method: str = "GET") -> dict[str, Any]:
        request = urllib.request.Request(f"{self.endpoint}/_local/{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def role(self, *actions: str) -> str:
        """Make a role that any service may take, and that may do what it is given; by default what these tests need."""
        allowed = statement(*(actions or USUAL_ACTIONS), Resource="*")
        return make_role(self.client("iam"), unique("role"), SERVICES, allowed)

    def function(self, code: str, **settings: Any) -> str:
        """Make a function of one module, published and with alias `live`; returns its name."""
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("app.py", code)
        name = unique("function")
        settings = {"Timeout": 10, "Role": self.role(), "Handler": "app.handler", "Runtime": "python3.13", **settings}
        self.client("lambda").create_function(
            FunctionName=name, Code={"ZipFile": package.getvalue()}, Publish=True, **settings
        )
        self.client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        return name

    def invoke(self, name: str, payload: Any = None, **arguments: Any) -> tuple[Any, dict[str, Any]]:
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload), **arguments)
        body = answer["Payload"].read()
        return json.loads(body) if body else None, answer

    def queue(self) -> tuple[str, str]:
        """Make a queue that services may send to; returns its URL and ARN."""
        name = unique("queue")
        arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        principals = {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}
        allowed = policy(statement("sqs:SendMessage", Principal=principals, Resource=arn))
        return self.client("sqs").create_queue(QueueName=name, Attributes={"Policy": allowed})["QueueUrl"], arn

    def stream(self, shards: int = 1) -> tuple[str, str]:
        """Make a stream; returns its name and ARN."""
        name = unique("stream")
        self.client("kinesis").create_stream(StreamName=name, ShardCount=shards)
        summary = self.client("kinesis").describe_stream_summary(StreamName=name)
        return name, summary["StreamDescriptionSummary"]["StreamARN"]

    def put(self, stream: str, *texts: str) -> None:
        records = [{"Data": text.encode(), "PartitionKey": text} for text in texts]
        self.client("kinesis").put_records(StreamName=stream, Records=records)

    def receive(self, queue_url: str) -> list[dict[str, Any]]:
        """Take what is in a queue now, with bodies parsed from JSON."""
        found = self.client("sqs").receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        messages = found.get("Messages", [])
        for message in messages:
            self.client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [{**message, "Body": json.loads(message["Body"])} for message in messages]

    def log_lines(self, group: str) -> list[str]:
        logs = self.client("logs")
        try:
            streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [
            event["message"]
            for stream in streams
            for event in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
        ]


def unique(kind: str) -> str:
    return f"{kind}-{uuid.uuid4().hex[:10]}"


@contextmanager
def serving(data_dir: Path, **names: str) -> Iterator[Aws]:
    """A server that runs as long as the block."""
    process = server_process(data_dir, **names)
    yield Aws(process.ready_line.split()[4])  # type: ignore[attr-defined]
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
