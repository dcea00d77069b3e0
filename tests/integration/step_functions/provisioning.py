"""Make the stack: the server, the data, the first models, and the real Terraform modules around them."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local_aws.testing.roles import let_personalize_read, policy, statement
from scripts.common import terraform
from scripts.provision import first_ledger_entry
from tests.integration.step_functions.stack import (
    ACCOUNT,
    ENVIRONMENT,
    KEYS,
    LEDGERS,
    MODELS,
    POPULARITY,
    PREFIX,
    ROOT,
    Stack,
    campaign_arn,
)

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


def serve(directory: Path, step_seconds: str = "1") -> tuple[subprocess.Popen[str], str]:
    """Start the local AWS on a free port; return its process and its endpoint."""
    command = [sys.executable, "-m", "local_aws", "serve", "--port", "0", "--data-dir", str(directory / "aws")]
    variables = os.environ | KEYS | {"LOCAL_PERSONALIZE_STEP_SECONDS": step_seconds}
    with (directory / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=log, text=True)
    for line in process.stdout or ():
        if ready := re.search(r"http://\S+", line):
            return process, ready[0]
    raise AssertionError(f"the local AWS did not start: {(directory / 'server.log').read_text()}")


def provision(stack: Stack) -> None:
    """Make everything that the retraining needs: data, models, campaigns, ledgers, published names."""
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
    for model in MODELS:
        campaign = stack.campaign(model)
        first_ledger_entry.write_if_missing(ssm, stack.client("personalize"), f"{LEDGERS}/{model}/ledger", campaign)
    scale_time_down(stack)


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
        roleArn=let_personalize_read(s3, stack.client("iam"), f"{PREFIX}-seed", "personalize"),
    )["datasetImportJobArn"]
    _active(stack, lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"])
    _solution(stack, POPULARITY, "aws-popularity-count", group)
    with ThreadPoolExecutor() as side_by_side:
        list(side_by_side.map(lambda model: _campaign(stack, *model, group), MODELS.items()))


def _solution(stack: Stack, name: str, recipe: str, group: str) -> str:
    personalize = stack.client("personalize")
    solution: str = personalize.create_solution(
        name=name,
        datasetGroupArn=group,
        recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
        performAutoTraining=False,
    )["solutionArn"]
    _active(stack, lambda: personalize.describe_solution(solutionArn=solution)["solution"])
    return solution


def _campaign(stack: Stack, model: str, recipe: str, group: str) -> None:
    personalize, name = stack.client("personalize"), f"{PREFIX}-{model}"
    solution = _solution(stack, name, recipe, group)
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
  compared = merge(local.gate, { compare_with_popularity = true })
  strange = { user_ids = ["u1", "u2"], item_ids = ["who", "knows"] }
  canary  = { user_ids = ["u1"], item_ids = ["i0", "i1", "i2"] }
  # `stranger` is the re-ranker once more, asked for items that it does not know, so its canary always fails.
  names = { recommender = "recommender", reranker = "reranker", stranger = "reranker" }
}
module "encryption" {
  source                  = "%(modules)s/encryption"
  name                    = local.prefix
  account                 = local.account
  deletion_window_in_days = 7

  personalize = {
    role_arn             = "arn:aws:iam::123456789012:role/personalize"
    check_source_account = true
  }
}
module "notifications" {
  source      = "%(modules)s/notifications"
  prefix      = local.prefix
  account     = local.account
  kms_key_arn = module.encryption.key_arn
  emails      = ["team@example.org"]
}
module "retraining" {
  source  = "%(modules)s/retraining"
  definition_path = "%(modules)s/../step_functions/retraining.asl.json"
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
    kms_key_arn        = module.encryption.key_arn
  }
  functions = { plan_retraining = { memory_size = 512 } }
  models = {
    recommender = { recipe = "aws-user-personalization", gate = local.compared, canary = { user_ids = ["u1", "u2"] } }
    reranker    = { recipe = "aws-personalized-ranking", gate = local.gate, canary = local.canary }
    stranger    = { recipe = "aws-personalized-ranking", gate = local.gate, canary = local.strange }
  }
  solution_arns            = { for name, real in local.names : name => "%(account)s:solution/${local.prefix}-${real}" }
  campaign_arns            = { for name, real in local.names : name => "%(account)s:campaign/${local.prefix}-${real}" }
  popularity_solution_arn  = "%(account)s:solution/%(popularity)s"
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
    """Run Terraform on the modules' test root."""
    variables = stack.environment
    terraform.use_mirror_if_offline(variables)
    command = [terraform.find_binary(), *arguments]
    return subprocess.run(command, cwd=stack.directory, env=variables, capture_output=True, text=True, timeout=300)


def _apply(stack: Stack) -> None:
    # Relative: of an absolute path Terraform makes a copy, without the modules beside it.
    modules = os.path.relpath(ROOT / "modules", stack.directory)
    values = {"prefix": PREFIX, "account": ACCOUNT, "modules": modules, "packages": stack.directory / "build"}
    values |= {"popularity": POPULARITY}
    (stack.directory / "main.tf").write_text(TERRAFORM % values)
    package = [sys.executable, "-m", "scripts.generate.package", "--output", str(stack.directory / "build")]
    subprocess.run(package, cwd=ROOT, check=True, capture_output=True)
    for arguments in (("init", "-no-color"), ("apply", "-auto-approve", "-no-color", "-parallelism=30")):
        done = run_terraform(stack, *arguments)
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr}"
    outputs = json.loads(run_terraform(stack, "output", "-json").stdout)
    stack.state_machine = outputs["state_machine_arn"]["value"]
    _subscribe(stack, outputs["topic_arn"]["value"])


def _subscribe(stack: Stack, topic: str) -> None:
    sqs = stack.client("sqs")
    arn = "arn:aws:sqs:us-east-1:123456789012:mails"
    allowed = statement("sqs:SendMessage", Principal={"Service": "sns.amazonaws.com"}, Resource=arn)
    stack.queue = sqs.create_queue(QueueName="mails", Attributes={"Policy": policy(allowed)})["QueueUrl"]
    stack.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)


def scale_time_down(stack: Stack, **changes: Any) -> None:
    """Shorten the pauses between retries, which only the definition sets; `changes` replace top-level fields."""
    step_functions = stack.client("stepfunctions")
    text = step_functions.describe_state_machine(stateMachineArn=stack.state_machine)["definition"]
    shorter = text.replace('"IntervalSeconds": 2', '"IntervalSeconds": 1').replace(
        '"MaxAttempts": 4', '"MaxAttempts": 2'
    )
    definition = json.dumps({**json.loads(shorter), **changes})
    step_functions.update_state_machine(stateMachineArn=stack.state_machine, definition=definition)
