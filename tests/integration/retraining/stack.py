"""The retraining on a local AWS: the real Terraform modules, the built zips, and two small models in Personalize."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from scripts import environments, terraform

ROOT = Path(__file__).parents[3]
ENVIRONMENT = "test"
PREFIX = f"{ENVIRONMENT}-animal-recommender"
ACCOUNT = "arn:aws:personalize:us-east-1:123456789012"
MODELS = {"recommender": "aws-user-personalization", "reranker": "aws-personalized-ranking"}
LEDGERS = f"/animal-recommender/{ENVIRONMENT}/models"
NDCG = "normalized_discounted_cumulative_gain_at_5"
KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}


def solution_arn(model: str) -> str:
    return f"{ACCOUNT}:solution/{PREFIX}-{model}"


def campaign_arn(model: str) -> str:
    return f"{ACCOUNT}:campaign/{PREFIX}-{model}"


@dataclass(eq=False)
class Stack:
    """A running local AWS with everything in place; `visits` gathers what its executions went through."""

    endpoint: str
    directory: Path
    visits: list[list[dict[str, Any]]] = field(default_factory=list)
    state_machine: str = ""
    queue: str = ""
    _number: int = 0

    @cache  # noqa: B019 - one stack a session
    def client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        return boto3.client(service, endpoint_url=self.endpoint, **keys)

    @property
    def environment(self) -> dict[str, str]:
        """For programs that are to talk to it."""
        return environments.variables(ENVIRONMENT) | KEYS | {"AWS_ENDPOINT_URL": self.endpoint}

    # --- what is done to it ---

    def local(self, method: str, path: str, document: Any = None) -> Any:
        """Calls the local AWS's own `/_local/` paths."""
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.endpoint}/_local/{path}", data=body, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    @contextmanager
    def faults(self, **document: Any) -> Any:
        """Faults, for as long as the block lasts."""
        self.local("PUT", "faults", document)
        try:
            yield
        finally:
            self.local("DELETE", "faults")

    def start(self, **given: Any) -> str:
        """Starts a run and returns its ARN."""
        self._number += 1
        return self.client("stepfunctions").start_execution(
            stateMachineArn=self.state_machine, name=f"run-{self._number}", input=json.dumps(given)
        )["executionArn"]

    def run(self, on: dict[str, Callable[[str], Any]] | None = None, **given: Any) -> "Run":
        """Starts a run and waits for its end; `on`: a state -> what is done on entering it first, with the ARN."""
        return self.finish(self.start(**given), on)

    def finish(self, arn: str, on: dict[str, Callable[[str], Any]] | None = None) -> "Run":
        """Waits for the end of a run, and remembers its way."""
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
        """Waits until a run has entered a state."""
        self.until(lambda: state in self.entered(arn), f"{state} is not entered")

    @staticmethod
    def until(condition: Callable[[], Any], otherwise: str, seconds: float = 30) -> Any:
        """Waits until something is true, and returns it."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, otherwise
            time.sleep(0.05)
        return found

    # --- what is seen of it ---

    def history(self, arn: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def entered(self, arn: str) -> set[str]:
        """States that a run has entered: each by its name, and those of one model as `model: state` too."""
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
        """Statuses of the model's versions."""
        answer = self.client("personalize").list_solution_versions(solutionArn=solution_arn(model))
        return [version["status"] for version in answer["solutionVersions"]]

    def settle(self, model: str = "recommender") -> None:
        """Waits until no update of the campaign is under way."""

        def at_rest() -> bool:
            campaign = self.campaign(model)
            return campaign.get("latestCampaignUpdate", campaign)["status"] in ("ACTIVE", "CREATE FAILED")

        self.until(at_rest, "the campaign does not come to rest")

    def ledger(self, model: str = "recommender") -> dict[str, Any]:
        answer = self.client("ssm").get_parameter(Name=f"{LEDGERS}/{model}/ledger")
        return json.loads(answer["Parameter"]["Value"])

    def mails(self, count: int) -> list[dict[str, Any]]:
        """The next messages of the topic, as many as are expected; prints them."""
        found: list[dict[str, Any]] = []

        def receive() -> bool:
            answer = self.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                found.append(json.loads(message["Body"]))
                self.client("sqs").delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            return len(found) >= count

        self.until(receive, f"{len(found)} of {count} mails")
        for mail in found:
            print(f"\n{'=' * 100}\n{mail.get('Subject', '(no subject)')}\n{'-' * 100}\n{mail['Message']}")
        return found

    def script(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs an operator's command on this environment."""
        command = [sys.executable, "-m", f"scripts.{name}", "--environment", ENVIRONMENT, *arguments]
        wide = self.environment | {"COLUMNS": "200"}
        return subprocess.run(command, cwd=ROOT, env=wide, capture_output=True, text=True, timeout=120)


@dataclass
class Run:
    """How a run ended."""

    described: dict[str, Any]

    @property
    def status(self) -> str:
        return self.described["status"]

    @property
    def models(self) -> dict[str, dict[str, Any]]:
        """Outcomes by model; none if the run broke off."""
        output = json.loads(self.described.get("output") or '{"models": []}')
        return {model["name"]: model for model in output["models"]}

    def __getitem__(self, model: str) -> dict[str, Any]:
        return self.models[model]


# --- making it ---


def serve(directory: Path) -> tuple[subprocess.Popen[str], str]:
    """Starts the local AWS on a free port; its process and its endpoint."""
    command = [sys.executable, "-m", "local", "serve", "--port", "0", "--data-dir", str(directory / "aws")]
    variables = os.environ | KEYS | {"LOCAL_PERSONALIZE_STEP_SECONDS": "1"}
    with (directory / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=log, text=True)
    for line in process.stdout or ():
        if ready := re.search(r"http://\S+", line):
            return process, ready[0]
    raise AssertionError(f"the local AWS did not start: {(directory / 'server.log').read_text()}")


def provision(stack: Stack) -> None:
    """Everything that the retraining needs and is given: data, models, campaigns, ledgers, published names."""
    stack.client("s3").create_bucket(Bucket=f"{PREFIX}-seed")
    with ThreadPoolExecutor() as side_by_side:
        for done in [side_by_side.submit(_train_first_versions, stack), side_by_side.submit(_apply, stack)]:
            done.result()
    ssm = stack.client("ssm")
    published = {"state-machine": stack.state_machine} | {f"campaigns/{model}": campaign_arn(model) for model in MODELS}
    for name, value in published.items():
        ssm.put_parameter(Name=f"/animal-recommender/{ENVIRONMENT}/{name}", Value=value, Type="String")
    for model in (*MODELS, "stranger"):
        ssm.put_parameter(Name=f"{LEDGERS}/{model}/ledger", Value="{}", Type="String")


def _train_first_versions(stack: Stack) -> None:
    s3, personalize = stack.client("s3"), stack.client("personalize")
    now = int(time.time())
    # 60 users; each has a taste, so that there is something to learn.
    rows = [f"u{n % 60},i{(n % 60) // 6 * 4 + n // 60 * 7 % 5},{now - 86400 + n}" for n in range(1500)]
    body = "\n".join(["USER_ID,ITEM_ID,TIMESTAMP", *rows])
    s3.put_object(Bucket=f"{PREFIX}-seed", Key="i.csv", Body=body.encode())
    schema = personalize.create_schema(name=PREFIX, schema=json.dumps(SCHEMA))["schemaArn"]
    group = personalize.create_dataset_group(name=PREFIX)["datasetGroupArn"]
    _active(stack, lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"])
    dataset = personalize.create_dataset(
        name=PREFIX, schemaArn=schema, datasetGroupArn=group, datasetType="Interactions"
    )["datasetArn"]
    _active(stack, lambda: personalize.describe_dataset(datasetArn=dataset)["dataset"])
    job = personalize.create_dataset_import_job(
        jobName=PREFIX,
        datasetArn=dataset,
        dataSource={"dataLocation": f"s3://{PREFIX}-seed/i.csv"},
        roleArn="arn:aws:iam::123456789012:role/personalize",
    )["datasetImportJobArn"]
    _active(stack, lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"])
    with ThreadPoolExecutor() as side_by_side:
        list(side_by_side.map(lambda model: _campaign(stack, *model, group), MODELS.items()))


def _campaign(stack: Stack, model: str, recipe: str, group: str) -> None:
    personalize, name = stack.client("personalize"), f"{PREFIX}-{model}"
    solution = personalize.create_solution(
        name=name,
        datasetGroupArn=group,
        recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
        performAutoTraining=False,
    )["solutionArn"]
    _active(stack, lambda: personalize.describe_solution(solutionArn=solution)["solution"])
    version = personalize.create_solution_version(name="first", solutionArn=solution)["solutionVersionArn"]
    _active(stack, lambda: personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"])
    campaign = personalize.create_campaign(name=name, solutionVersionArn=version, minProvisionedTPS=2)["campaignArn"]
    _active(stack, lambda: personalize.describe_campaign(campaignArn=campaign)["campaign"])


def _active(stack: Stack, describe: Callable[[], dict[str, Any]]) -> None:
    stack.until(lambda: describe()["status"] == "ACTIVE", "not ACTIVE", seconds=60)


TERRAFORM = """
provider "aws" {
  region     = "us-east-1"
  max_retries = 3
}
data "aws_caller_identity" "this" {}
locals {
  prefix  = "%(prefix)s"
  account = { id = data.aws_caller_identity.this.account_id, region = "us-east-1", partition = "aws" }
  gate    = { minimum_coverage = 0.01, regression_tolerance = 1 }
  canary  = { user_ids = ["u1"], item_ids = ["i0", "i1", "i2"] }
  # `stranger` is the re-ranker once more, asked for items that nobody knows: its canary never finds sense in it.
  names = { recommender = "recommender", reranker = "reranker", stranger = "reranker" }
}
resource "aws_kms_key" "this" {}
module "notifications" {
  source      = "%(modules)s/notifications"
  prefix      = local.prefix
  account     = local.account
  kms_key_arn = aws_kms_key.this.arn
  emails      = ["team@example.org"]
}
module "retraining" {
  source  = "%(modules)s/retraining"
  prefix  = local.prefix
  account = local.account
  platform = {
    environment        = "test"
    package_directory  = "%(packages)s"
    package_bucket     = "${local.prefix}-seed"
    runtime            = "python3.13"
    architecture       = "arm64"
    log_level          = "INFO"
    log_retention_days = 1
    kms_key_arn        = aws_kms_key.this.arn
  }
  functions = { plan_retraining = { memory_size = 512 } }
  models = {
    recommender = { recipe = "aws-user-personalization", gate = local.gate, canary = { user_ids = ["u1", "u2"] } }
    reranker    = { recipe = "aws-personalized-ranking", gate = local.gate, canary = local.canary }
    stranger    = { recipe = "aws-personalized-ranking", gate = local.gate, canary = { item_ids = ["who", "knows"] } }
  }
  solution_arns            = { for name, real in local.names : name => "%(account)s:solution/${local.prefix}-${real}" }
  campaign_arns            = { for name, real in local.names : name => "%(account)s:campaign/${local.prefix}-${real}" }
  put_events_function_name = "${local.prefix}-put-events"
  fallback = {
    bucket       = "${local.prefix}-seed"
    bucket_arn   = "arn:aws:s3:::${local.prefix}-seed"
    key          = "popular.json"
    campaign_arn = "%(account)s:campaign/${local.prefix}-recommender"
  }
  topic_arn     = module.notifications.topic_arn
  ledger_prefix = "/animal-recommender/test/models"
  settings = {
    minimum_new_interactions = 0
    training_poll_seconds    = 1
    training_timeout_seconds = 300
    campaign_poll_seconds    = 1
    campaign_timeout_seconds = 60
  }
}
output "state_machine_arn" { value = module.retraining.state_machine_arn }
output "topic_arn" { value = module.notifications.topic_arn }
"""


def run_terraform(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Terraform on the modules' test root."""
    variables = stack.environment
    terraform._use_mirror_if_offline(variables)
    command = [terraform.binary(), *arguments]
    return subprocess.run(command, cwd=stack.directory, env=variables, capture_output=True, text=True, timeout=300)


def _apply(stack: Stack) -> None:
    # Relative: of an absolute path Terraform makes a copy, without the modules beside it.
    modules = os.path.relpath(ROOT / "modules", stack.directory)
    values = {"prefix": PREFIX, "account": ACCOUNT, "modules": modules, "packages": stack.directory / "build"}
    (stack.directory / "main.tf").write_text(TERRAFORM % values)
    package = [sys.executable, "-m", "scripts.package", "--output", str(stack.directory / "build")]
    subprocess.run(package, cwd=ROOT, check=True, capture_output=True)
    for arguments in (("init", "-no-color"), ("apply", "-auto-approve", "-no-color", "-parallelism=30")):
        done = run_terraform(stack, *arguments)
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr}"
    outputs = json.loads(run_terraform(stack, "output", "-json").stdout)
    stack.state_machine = outputs["state_machine_arn"]["value"]
    _subscribe(stack, outputs["topic_arn"]["value"])


def _subscribe(stack: Stack, topic: str) -> None:
    sqs = stack.client("sqs")
    stack.queue = sqs.create_queue(QueueName="mails")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=stack.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    stack.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)


def scale_time_down(stack: Stack, **changes: Any) -> None:
    """Shortens the pauses between retries, which only the definition itself can say; `changes` are to its top level."""
    step_functions = stack.client("stepfunctions")
    text = step_functions.describe_state_machine(stateMachineArn=stack.state_machine)["definition"]
    shorter = text.replace('"IntervalSeconds": 2', '"IntervalSeconds": 1').replace(
        '"MaxAttempts": 4', '"MaxAttempts": 2'
    )
    definition = json.dumps({**json.loads(shorter), **changes})
    step_functions.update_state_machine(stateMachineArn=stack.state_machine, definition=definition)
