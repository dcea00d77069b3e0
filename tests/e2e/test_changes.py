"""Plans for changed variables, on the applied system: what is kept, and what is replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.common import environments, tfvars
from scripts.common.environments import TERRAFORM_DIRECTORY
from scripts.demo import deployers
from tests.support.terraform_runs import Plan, TerraformRuns

MODELS = tfvars.read("local").variables["models"]
FILTERS = tfvars.read("local").variables["filters"]
RECOMMENDER, RERANKER = MODELS["recommender"], MODELS["reranker"]
PERSONALIZE = "module.personalize"
# A plan may never replace or delete one of these: data, or names that apps use, would be lost.
KEPT_TYPES = {
    "aws_cloudcontrolapi_resource",
    "aws_dynamodb_table",
    "aws_kinesis_firehose_delivery_stream",
    "aws_kinesis_stream",
    "aws_kms_key",
    "aws_lambda_function",
    "aws_s3_bucket",
    "aws_sfn_state_machine",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_ssm_parameter",
}


@pytest.fixture
def planned(system: Any, tmp_path: Path) -> Any:
    """A function that plans with changed variables."""
    runs = TerraformRuns(
        TERRAFORM_DIRECTORY,
        environments.variables("local") | deployers.assume(system.local, "apply"),
        tmp_path / "changed.tfvars.json",
    )

    def plan(**variables: Any) -> Plan:
        runs.given(**variables)
        return runs.plan()

    return plan


# Variables, and changes that are expected among others. Variables that do not affect each other are planned together.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "settings": (
        {
            "models": MODELS
            | {
                "recommender": RECOMMENDER | {"minimum_provisioned_tps": 2, "exploration_weight": 0.1},
                "reranker": RERANKER | {"gate": {"threshold": 0.2}},
            },
            "retraining": {"schedule_expression": "cron(0 5 * * ? *)", "minimum_new_interactions": 0},
            "functions": {"recommend": {"memory_size": 1024}},
            "retention_days": {"raw_events": 30},
            "stream": {"retention_hours": 168},
            "stream_mapping": {"batch_size": 500, "batching_window_seconds": 0},
            "firehose": {"buffering_seconds": 60, "buffering_mib": 1},
            "filters": FILTERS | {"cats": 'INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ("1")'},
            "notification_emails": ["operator@example.org", "a@example.org"],
        },
        {
            f'{PERSONALIZE}.terraform_data.campaign_settings["recommender"]': "delete+create",
            f'{PERSONALIZE}.aws_cloudcontrolapi_resource.filter["cats"]': "create",
            'module.monitoring.aws_cloudwatch_metric_alarm.campaign_use["recommender"]': "update",
            'module.retraining.module.function["plan_retraining"].aws_lambda_function.this': "update",
            "module.retraining.aws_scheduler_schedule.this": "update",
            'module.serving.module.function["recommend"].aws_lambda_function.this': "update",
            'module.serving.module.function["recommend"].aws_lambda_alias.live': "update",
            'module.storage.aws_s3_bucket_lifecycle_configuration.this["raw-events"]': "update",
            "module.ingestion.aws_kinesis_stream.events": "update",
            "module.ingestion.module.put_events.aws_lambda_event_source_mapping.stream": "update",
            "module.ingestion.aws_kinesis_firehose_delivery_stream.raw_events": "update",
            'module.notifications.aws_sns_topic_subscription.mail["a@example.org"]': "create",
        },
    ),
    "what touches everything": (
        {
            "deletion_protection": True,
            "log_retention_days": 30,
            "alarms": {"enabled": False},
            "tags": {"Team": "pets"},
        },
        {
            "module.history.aws_dynamodb_table.history": "update",
            'module.storage.aws_s3_bucket.this["raw-events"]': "update",
            'module.monitoring.aws_cloudwatch_metric_alarm.campaign_use["recommender"]': "delete",
        },
    ),
    "another recipe": (
        {"models": MODELS | {"recommender": {"recipe": "aws-user-personalization-v2", "gate": RECOMMENDER["gate"]}}},
        {
            f'{PERSONALIZE}.terraform_data.{step}["recommender"]': "delete+create"
            for step in ("solution", "first_solution_version", "campaign", "retired_solutions")
        },
    ),
    "a third model": (
        {"models": MODELS | {"homepage": {"recipe": "aws-user-personalization-v2"}}},
        {
            f'{PERSONALIZE}.terraform_data.{step}["homepage"]': "create"
            for step in ("teardown", "solution", "first_solution_version", "campaign")
        }
        | {'aws_ssm_parameter.published["campaigns/homepage"]': "create"},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_given_changed_variables_when_planned_then_it_is_changed_and_no_data_or_name_goes(planned, change):
    variables, expected = CHANGES[change]
    plan = planned(**variables)
    assert expected.items() <= plan.changed.items()
    gone = plan.of("delete", "delete+create", "create+delete")
    assert not {address for address in gone if kind(address) in KEPT_TYPES}


@pytest.mark.parametrize(
    ("model", "function"), [("reranker", "rerank"), ("similar", "similar"), ("trending", "trending")]
)
def test_given_a_model_less_when_planned_then_all_of_it_goes_and_nothing_else(planned, model, function):
    plan = planned(models={name: one for name, one in MODELS.items() if name != model})
    gone = plan.of("delete", "delete+create", "create+delete")
    assert f'{PERSONALIZE}.terraform_data.teardown["{model}"]' in gone
    assert f'module.serving.module.function["{function}"].aws_lambda_function.this' in gone
    assert {address for address in gone if function not in address} == set()


# Parts of another resource, whose name contains the environment.
PARTS = {
    "aws_apigatewayv2_authorizer",
    "aws_apigatewayv2_stage",
    "aws_athena_named_query",
    "aws_cloudwatch_log_stream",
    "aws_glue_catalog_table",
    "aws_iam_role_policy",
    "aws_lambda_alias",
}


def test_given_another_environment_when_planned_then_no_two_things_share_a_name(planned):
    plan = planned(environment="other")
    before, after = plan.names("before"), plan.names("after")
    assert len(after) > 100
    shared = {address for address in before.keys() & after.keys() if before[address] == after[address]}
    assert {kind(address) for address in shared} <= PARTS, sorted(shared)


def test_given_credentials_of_another_account_when_applied_then_it_is_refused_before_anything_is_made(system, tmp_path):
    runs = TerraformRuns(
        TERRAFORM_DIRECTORY,
        environments.variables("local") | deployers.assume(system.local, "apply"),
        tmp_path / "other.tfvars.json",
    )
    runs.given(environment="other", allowed_account_ids=["999999999999"])
    state = tmp_path / "other.tfstate"
    done = runs.run("apply", "-auto-approve", "-input=false", "-no-color", f"-state={state}")
    assert done.returncode == 1
    assert "AWS account ID not allowed: 123456789012" in done.stderr
    assert not state.exists()


def kind(address: str) -> str:
    """Return the resource type in an address."""
    return address.rpartition("[")[0].split(".")[-2] if address.endswith("]") else address.split(".")[-2]
