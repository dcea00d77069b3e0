"""Probes of the corrections of CloudWatch Logs."""

from local_aws.testing.moto_probes import client, probe


@probe("logs.keep_log_group_class")
def log_group_has_its_class() -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName="/g", logGroupClass="INFREQUENT_ACCESS")
    assert logs.describe_log_groups()["logGroups"][0].get("logGroupClass") == "INFREQUENT_ACCESS"
