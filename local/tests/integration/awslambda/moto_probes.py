"""Probes of the corrections of Lambda."""

import contextlib
from typing import Any

from local_aws.iam.actors import Actor
from local_aws.iam.caller import set_caller
from local_aws.testing.moto_probes import (
    ACCOUNT,
    REGION,
    client,
    create_function,
    create_mapping,
    probe,
)


@probe("awslambda.keep_settings")
def keeps_dead_letter_logging_and_snap_start() -> None:
    logging = {"LogFormat": "JSON", "LogGroup": "/g", "SystemLogLevel": "WARN", "ApplicationLogLevel": "INFO"}
    target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    snap_start = {"ApplyOn": "PublishedVersions"}
    functions = create_function(LoggingConfig=logging, DeadLetterConfig={"TargetArn": target}, SnapStart=snap_start)
    found = functions.get_function_configuration(FunctionName="f")
    assert found["LoggingConfig"] == logging
    assert found["DeadLetterConfig"] == {"TargetArn": target}
    assert found["SnapStart"]["ApplyOn"] == "PublishedVersions"


@probe("awslambda.update_all_settings")
def updates_tracing_key_and_storage() -> None:
    functions = create_function()
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
    updates: dict[str, Any] = {"TracingConfig": {"Mode": "Active"}, "EphemeralStorage": {"Size": 1024}}
    functions.update_function_configuration(FunctionName="f", KMSKeyArn=key, **updates)
    found = functions.get_function_configuration(FunctionName="f")
    assert {name: found[name] for name in updates} == updates
    assert found["KMSKeyArn"] == key


@probe("awslambda.keep_versions_apart")
def number_of_a_deleted_version_does_not_come_again() -> None:
    functions = create_function()
    published = [_publish(functions, text) for text in ("a", "b")]
    functions.delete_function(FunctionName="f", Qualifier="2")
    published.append(_publish(functions, "c"))
    assert published == ["2", "3", "4"]
    found = functions.list_versions_by_function(FunctionName="f")["Versions"]
    assert [one["Version"] for one in found] == ["$LATEST", "1", "3", "4"]


def _publish(functions: Any, description: str) -> str:
    functions.update_function_configuration(FunctionName="f", Description=description)
    return str(functions.publish_version(FunctionName="f")["Version"])


@probe("awslambda.keep_versions_apart")
def version_of_an_alias_stays() -> None:
    functions = create_function()
    with contextlib.suppress(functions.exceptions.ResourceConflictException):
        functions.delete_function(FunctionName="f", Qualifier="1")
    assert functions.get_function_configuration(FunctionName="f", Qualifier="live")["Version"] == "1"


@probe("awslambda.keep_alias_of_mapping")
def mapping_keeps_its_alias() -> None:
    assert create_mapping(create_function())["FunctionArn"].endswith(":f:live")


@probe("awslambda.keep_alias_of_mapping")
def mapping_has_its_defaults() -> None:
    found = create_mapping(create_function())
    assert (found["MaximumRetryAttempts"], found["ParallelizationFactor"]) == (-1, 1)


@probe("awslambda.replace_event_invoke_config")
def event_invoke_config_is_replaced() -> None:
    functions = create_function()
    for attempts in (2, 0):
        functions.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=attempts)
    assert functions.get_function_event_invoke_config(FunctionName="f")["MaximumRetryAttempts"] == 0


@probe("awslambda.answer_account_settings")
def account_settings_count_reserved_executions() -> None:
    functions = create_function()
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=10)
    settings = functions.get_account_settings()
    limits = settings["AccountLimit"]
    assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (1_000, 990)
    assert settings["AccountUsage"]["FunctionCount"] == 1


@probe("awslambda.keep_provisioned_concurrency")
def provisioned_concurrency_is_kept() -> None:
    functions = create_function()
    key = {"FunctionName": "f", "Qualifier": "live"}
    functions.put_provisioned_concurrency_config(**key, ProvisionedConcurrentExecutions=2)
    found = functions.get_provisioned_concurrency_config(**key)
    assert (found["Status"], found["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 2)
    functions.delete_provisioned_concurrency_config(**key)
    with contextlib.suppress(functions.exceptions.ProvisionedConcurrencyConfigNotFoundException):
        functions.get_provisioned_concurrency_config(**key)
        raise AssertionError("still there")


@probe("awslambda.hide_encrypted_environment")
def shows_variables_only_to_who_may_decrypt() -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    functions = create_function(KMSKeyArn=key, Environment={"Variables": {"A": "1"}})
    role = client("iam").get_role(RoleName="r")["Role"]["Arn"]
    assert functions.get_function_configuration(FunctionName="f")["Environment"]["Variables"] == {"A": "1"}
    set_caller(Actor(ACCOUNT, role_arn=role, session="s"))
    try:
        hidden = functions.get_function_configuration(FunctionName="f")["Environment"]
    finally:
        set_caller(None)
    assert "Variables" not in hidden
    assert hidden["Error"]["ErrorCode"] == "AccessDeniedException"
