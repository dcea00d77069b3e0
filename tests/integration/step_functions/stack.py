"""The retraining on a local AWS: the real Terraform modules, the built zips, and two small models in Personalize."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from scripts.common import environments

ROOT = Path(__file__).parents[3]
ENVIRONMENT = "test"
PREFIX = f"{ENVIRONMENT}-animal-recommender"
POPULARITY = f"{PREFIX}-popularity"  # name of the solution of Popularity-Count
ACCOUNT = "arn:aws:personalize:us-east-1:123456789012"
MODELS = {"recommender": "aws-user-personalization", "reranker": "aws-personalized-ranking"}
LEDGERS = f"/animal-recommender/{ENVIRONMENT}/models"
BOTH = ["recommender", "reranker"]
UNREACHABLE = {"threshold": 2}
NDCG = "normalized_discounted_cumulative_gain_at_5"
KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def solution_arn(model: str) -> str:
    return f"{ACCOUNT}:solution/{PREFIX}-{model}"


def campaign_arn(model: str) -> str:
    return f"{ACCOUNT}:campaign/{PREFIX}-{model}"


@dataclass(eq=False)
class Stack:
    """A running local AWS with everything in place.

    `visits` holds the histories of its executions, `screens` the mails as people see them.
    """

    endpoint: str
    directory: Path
    visits: list[list[dict[str, Any]]] = field(default_factory=list)
    screens: list[str] = field(default_factory=list)
    state_machine: str = ""
    queue: str = ""
    _number: int = 0

    @cache  # noqa: B019 - one stack a session
    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        return boto3.client(service, endpoint_url=self.endpoint, **keys)

    @property
    def environment(self) -> dict[str, str]:
        """The process environment of programs that use this local AWS."""
        return environments.variables(ENVIRONMENT) | KEYS | {"AWS_ENDPOINT_URL": self.endpoint}

    # --- actions ---

    def local(self, method: str, path: str, document: Any = None) -> Any:
        """Call one of the local AWS's own `/_local/` paths; return its answer."""
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.endpoint}/_local/{path}", data=body, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    @contextmanager
    def faults(self, **document: Any) -> Any:
        """Inject faults for as long as the block lasts."""
        self.local("PUT", "faults", document)
        try:
            yield
        finally:
            self.local("DELETE", "faults")

    @contextmanager
    def denied(self, function: str, action: str, resource: str = "*") -> Any:
        """Deny a function's role an action for as long as the block lasts."""
        iam, role = self.client("iam"), f"{PREFIX}-{function}"
        statement = {"Effect": "Deny", "Action": action, "Resource": resource}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=role, PolicyName="denied", PolicyDocument=document)
        try:
            yield
        finally:
            iam.delete_role_policy(RoleName=role, PolicyName="denied")

    def start(self, **given: Any) -> str:
        """Start a run; return its ARN."""
        self._number += 1
        return self.client("stepfunctions").start_execution(
            stateMachineArn=self.state_machine, name=f"run-{self._number}", input=json.dumps(given)
        )["executionArn"]

    def run(self, on: dict[str, Callable[[str], Any]] | None = None, **given: Any) -> "Run":
        """Start a run and wait for its end.

        `on` maps a state to a callback, which gets the ARN when the run enters that state for the first time.
        """
        return self.finish(self.start(**given), on)

    def finish(self, arn: str, on: dict[str, Callable[[str], Any]] | None = None) -> "Run":
        """Wait for the end of a run, and keep its history; `on` as for `run`."""
        deadline, due = time.monotonic() + 90, dict(on or {})
        while (described := self.client("stepfunctions").describe_execution(executionArn=arn))["status"] == "RUNNING":
            for state in set(due) & self.entered(arn):
                due.pop(state)(arn)
            assert time.monotonic() < deadline, f"{arn} does not end: {self.entered(arn)}"
            time.sleep(0.1)
        assert not due, f"never entered: {set(due)}"
        self.visits.append(self.history(arn))
        return Run(described)

    def wait_for(self, arn: str, state: str) -> None:
        """Wait until a run has entered a state."""
        self.until(lambda: state in self.entered(arn), f"{state} is not entered")

    @staticmethod
    def until(condition: Callable[[], Any], otherwise: str, seconds: float = 30) -> Any:
        """Wait until the condition is true; return what it returned."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, otherwise
            time.sleep(0.05)
        return found

    # --- state ---

    def history(self, arn: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def entered(self, arn: str) -> set[str]:
        """Return the states that a run has entered: each by its name, and those of one model also as `model: state`."""
        details = [one for event in self.history(arn) if (one := event.get("stateEnteredEventDetails"))]
        inputs = [(json.loads(one["input"]), one["name"]) for one in details]
        return {f"{given['model']['name']}: {name}" for given, name in inputs if "model" in given} | {
            name for _, name in inputs
        }

    def campaign(self, model: str = "recommender") -> dict[str, Any]:
        return self.client("personalize").describe_campaign(campaignArn=campaign_arn(model))["campaign"]

    def serves(self, model: str = "recommender") -> str:
        return self.campaign(model)["solutionVersionArn"]

    def statuses(self, model: str = "recommender") -> list[str]:
        """Return the statuses of the model's versions."""
        answer = self.client("personalize").list_solution_versions(solutionArn=solution_arn(model))
        return [version["status"] for version in answer["solutionVersions"]]

    def in_training(self, model: str = "recommender") -> bool:
        """Tell whether a training of the model is under way."""
        return bool({"CREATE PENDING", "CREATE IN_PROGRESS"} & set(self.statuses(model)))

    def settle(self, model: str = "recommender") -> None:
        """Wait until no update of the campaign is under way."""

        def at_rest() -> bool:
            campaign = self.campaign(model)
            return campaign.get("latestCampaignUpdate", campaign)["status"] in ("ACTIVE", "CREATE FAILED")

        self.until(at_rest, "the campaign does not come to rest")

    def ledger(self, model: str = "recommender") -> dict[str, Any]:
        answer = self.client("ssm").get_parameter(Name=f"{LEDGERS}/{model}/ledger")
        return json.loads(answer["Parameter"]["Value"])

    def forget_rejections(self, model: str) -> None:
        """Remove the rejections and the pause that earlier tests left in a model's ledger."""
        entry = {name: value for name, value in self.ledger(model).items() if name not in ("rejections", "pause")}
        self.client("ssm").put_parameter(Name=f"{LEDGERS}/{model}/ledger", Value=json.dumps(entry), Overwrite=True)

    def forget_ledger(self, model: str) -> None:
        """Empty a model's ledger: `stranger` has the campaign of the re-ranker, whose ledger others write."""
        self.client("ssm").put_parameter(Name=f"{LEDGERS}/{model}/ledger", Value="{}", Overwrite=True)

    def mails(self, count: int) -> list[dict[str, Any]]:
        """Wait for the next `count` messages of the topic, and return them; the tests' summary shows some of them."""
        found: list[dict[str, Any]] = []

        def receive() -> bool:
            found.extend(self._receive())
            return len(found) >= count

        self.until(receive, f"there are not {count} mails")
        for mail in found:
            self.screens.append(f"{mail.get('Subject', '(by EventBridge)')}\n{'-' * 100}\n{mail['Message']}")
        return found

    def _receive(self) -> list[dict[str, Any]]:
        received = self.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in received:
            self.client("sqs").delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in received]

    def discard_mails(self) -> None:
        """Forget the messages that an earlier test did not read."""
        while self._receive():  # SQS allows PurgeQueue only once a minute
            pass

    def is_mailed(self, words: str) -> bool:
        """Wait until a mail contains these words; another model's mail may come first."""
        return self.until(lambda: any(words in mail["Message"] for mail in self.mails(1)), f"no mail says {words}")

    def script(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's command on this environment to its end."""
        process = self.begin(name, *arguments)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def begin(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start an operator's command on this environment."""
        command = [sys.executable, "-m", f"scripts.operate.{name}", "--environment", ENVIRONMENT, *arguments]
        wide = self.environment | {"COLUMNS": "200"}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=wide, stdout=pipe, stderr=pipe, text=True)


@dataclass
class Run:
    """How a run ended."""

    described: dict[str, Any]

    @property
    def status(self) -> str:
        return self.described["status"]

    @property
    def models(self) -> dict[str, dict[str, Any]]:
        """Outcomes by model; empty if the run did not reach its report."""
        output = json.loads(self.described.get("output") or '{"models": []}')
        return {model["name"]: model for model in output["models"]}

    def __getitem__(self, model: str) -> dict[str, Any]:
        return self.models[model]
