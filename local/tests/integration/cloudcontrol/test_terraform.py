"""Terraform, with the real AWS provider, makes, plans, changes and destroys a stack of Personalize resources."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.testing.server import LocalAws, run_server
from local_aws.testing.terraform import init_terraform

_SCHEMA = {
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
_STACK = """
terraform {
  required_providers { aws = { source = "hashicorp/aws", version = "~> 5.100" } }
}
provider "aws" {
  region            = "us-east-1"
  s3_use_path_style = true
  max_retries       = 3
}
variable "job" { default = "first" }
locals { role = "arn:aws:iam::123456789012:role/personalize" }
resource "aws_cloudcontrolapi_resource" "schema" {
  type_name     = "AWS::Personalize::Schema"
  desired_state = jsonencode({ Name = "tf", Schema = file("schema.json") })
}
resource "aws_cloudcontrolapi_resource" "group" {
  type_name     = "AWS::Personalize::DatasetGroup"
  desired_state = jsonencode({ Name = "tf" })
}
resource "aws_cloudcontrolapi_resource" "dataset" {
  type_name = "AWS::Personalize::Dataset"
  desired_state = jsonencode({
    Name            = "tf"
    DatasetType     = "Interactions"
    DatasetGroupArn = aws_cloudcontrolapi_resource.group.id
    SchemaArn       = aws_cloudcontrolapi_resource.schema.id
    DatasetImportJob = { JobName = var.job, DataSource = { DataLocation = "s3://tf-seed/i.csv" }, RoleArn = local.role }
  })
}
resource "aws_cloudcontrolapi_resource" "tracker" {
  type_name     = "AWS::Personalize::EventTracker"
  desired_state = jsonencode({ Name = "tf", DatasetGroupArn = aws_cloudcontrolapi_resource.group.id })
  depends_on    = [aws_cloudcontrolapi_resource.dataset]
}
resource "aws_cloudcontrolapi_resource" "solution" {
  type_name = "AWS::Personalize::Solution"
  desired_state = jsonencode({
    Name            = "tf"
    DatasetGroupArn = aws_cloudcontrolapi_resource.group.id
    RecipeArn       = "arn:aws:personalize:::recipe/aws-user-personalization"
    SolutionConfig  = { AlgorithmHyperParameters = { bptt = "20" } }
  })
  depends_on = [aws_cloudcontrolapi_resource.dataset]
}
output "tracking_id" { value = jsondecode(aws_cloudcontrolapi_resource.tracker.properties).TrackingId }
"""


@pytest.fixture
def own_aws(tmp_path: Path) -> Iterator[LocalAws]:
    """A server without other resources, and without roles, so that IAM is not in use."""
    with run_server(tmp_path / "aws", LOCAL_PERSONALIZE_STEP_SECONDS="0.05") as aws:
        yield aws


def test_given_a_stack_when_applied_planned_changed_and_destroyed_then_terraform_agrees(
    own_aws: LocalAws, tmp_path: Path
) -> None:
    s3 = own_aws.client("s3")
    s3.create_bucket(Bucket="tf-seed")
    rows = "".join(f"u{n % 40},i{n % 50},{1_700_000_000 + n}\n" for n in range(1200))
    s3.put_object(Bucket="tf-seed", Key="i.csv", Body=f"USER_ID,ITEM_ID,TIMESTAMP\n{rows}".encode())
    (tmp_path / "main.tf").write_text(_STACK)
    (tmp_path / "schema.json").write_text(json.dumps(_SCHEMA))
    terraform = init_terraform(own_aws, tmp_path)

    personalize = own_aws.client("personalize")
    terraform.run_successfully("apply", "-auto-approve")
    trackers = personalize.list_event_trackers()["eventTrackers"]
    tracker = personalize.describe_event_tracker(eventTrackerArn=trackers[0]["eventTrackerArn"])["eventTracker"]
    assert terraform.run("output", "-raw", "tracking_id").stdout == tracker["trackingId"]

    assert terraform.run("plan", "-detailed-exitcode").returncode == 0, "a second plan differs"

    terraform.run_successfully("apply", "-auto-approve", "-var", "job=second")
    jobs = personalize.list_dataset_import_jobs()["datasetImportJobs"]
    assert [job["jobName"] for job in jobs] == ["first", "second"]

    terraform.run_successfully("destroy", "-auto-approve")
    assert personalize.list_dataset_groups()["datasetGroups"] == []
    assert personalize.list_schemas()["schemas"] == []
