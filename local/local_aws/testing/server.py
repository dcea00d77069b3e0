"""A local AWS as a process, and short ways to create resources in it."""

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

from local_aws.settings import ACCOUNT_ID, REGION
from local_aws.testing.roles import make_role, policy, statement

SERVICES = ["events", "firehose", "lambda", "personalize", "scheduler", "states"]
USUAL_ACTIONS = ("kinesis:*", "lambda:InvokeFunction", "logs:*", "s3:*", "sns:Publish", "sqs:SendMessage", "states:*")
_STOP_SECONDS = 20


@dataclass(frozen=True)
class ServerProcess:
    """A server that was started.

    Attributes:
        ready_line: what it printed when it was ready; empty if it ended before.
    """

    process: subprocess.Popen[str]
    ready_line: str

    @property
    def endpoint(self) -> str:
        """The URL of the server."""
        return self.ready_line.split()[4]

    def stop(self, kind: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end, and return the exit status."""
        self.process.send_signal(kind)
        return self.process.wait(timeout=_STOP_SECONDS)


def start_server(data_dir: Path, *arguments: str, **variables: str) -> ServerProcess:
    """Start a server on a free port, and return when it is ready or has ended.

    Args:
        data_dir: folder for its files.
        arguments: more arguments of `local-aws serve`.
        variables: environment variables, in addition to those of this process.
    """
    command = [sys.executable, "-m", "local_aws", "serve", "--port", "0", "--data-dir", str(data_dir), *arguments]
    process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True)
    return ServerProcess(process, process.stdout.readline() if process.stdout else "")


@contextmanager
def run_server(data_dir: Path, **variables: str) -> Iterator["LocalAws"]:
    """Run a server as long as the block; arguments as for `start_server`."""
    server = start_server(data_dir, **variables)
    if not server.ready_line:
        raise RuntimeError(f"the local AWS did not start: exit status {server.process.wait()}")
    try:
        yield LocalAws(server.endpoint)
    finally:
        status = server.stop()
    assert status == 0


def eventually(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Return the condition's first true value; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{condition} did not come true within {seconds} s")


def unique_name(kind: str) -> str:
    """Return a name that no other resource has."""
    return f"{kind}-{uuid.uuid4().hex[:10]}"


@dataclass
class LocalAws:
    """A running local AWS.

    Attributes:
        endpoint: its URL.
    """

    endpoint: str
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that make boto3, the AWS CLI and Terraform use it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client that acts as the administrator."""
        if service not in self._clients:
            self._clients[service] = boto3.client(  # type: ignore[call-overload]
                service,
                endpoint_url=self.endpoint,
                region_name=REGION,
                aws_access_key_id="local",
                aws_secret_access_key="local",
                config=Config(retries={"total_max_attempts": 1}, max_pool_connections=60),
            )
        return self._clients[service]

    def administer(self, path: str, method: str = "GET", document: Any = None) -> dict[str, Any]:
        """Send a request, with a document if there is one, to a path under `/_local/`; return the answer."""
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.endpoint}/_local/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return dict(json.load(response))

    def create_role(self, *actions: str) -> str:
        """Create a role for any service with these actions, by default the usual ones, and return its ARN."""
        allowed = statement(*(actions or USUAL_ACTIONS), Resource="*")
        return make_role(self.client("iam"), unique_name("role"), SERVICES, allowed)

    def create_function(self, code: str, **settings: Any) -> str:
        """Create a function from the code of one module, published, with the alias `live`, and return its name."""
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("app.py", code)
        name = unique_name("function")
        defaults = {"Timeout": 10, "Role": self.create_role(), "Handler": "app.handler", "Runtime": "python3.13"}
        self.client("lambda").create_function(
            FunctionName=name, Code={"ZipFile": package.getvalue()}, Publish=True, **{**defaults, **settings}
        )
        self.client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        return name

    def invoke(self, name: str, payload: Any = None, **arguments: Any) -> tuple[Any, dict[str, Any]]:
        """Invoke a function, and return its result, parsed from JSON, and the response of the API."""
        response = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload), **arguments)
        body = response["Payload"].read()
        return json.loads(body) if body else None, response

    def create_queue(self) -> tuple[str, str]:
        """Create a queue to which services may send, and return its URL and ARN."""
        name = unique_name("queue")
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"
        principals = {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}
        allowed = policy(statement("sqs:SendMessage", Principal=principals, Resource=arn))
        return self.client("sqs").create_queue(QueueName=name, Attributes={"Policy": allowed})["QueueUrl"], arn

    def create_stream(self, shards: int = 1) -> tuple[str, str]:
        """Create a stream, and return its name and ARN."""
        name = unique_name("stream")
        self.client("kinesis").create_stream(StreamName=name, ShardCount=shards)
        summary = self.client("kinesis").describe_stream_summary(StreamName=name)
        return name, summary["StreamDescriptionSummary"]["StreamARN"]

    def put_records(self, stream: str, *texts: str) -> None:
        """Put each text as a record, with itself as the partition key."""
        records = [{"Data": text.encode(), "PartitionKey": text} for text in texts]
        self.client("kinesis").put_records(StreamName=stream, Records=records)

    def receive_messages(self, queue_url: str) -> list[dict[str, Any]]:
        """Take the messages that are in a queue now, with bodies parsed from JSON."""
        found = self.client("sqs").receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        messages = found.get("Messages", [])
        for message in messages:
            self.client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [{**message, "Body": json.loads(message["Body"])} for message in messages]

    def log_lines(self, group: str) -> list[str]:
        """Return the lines of a log group; none if it does not exist."""
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
