"""Probes of the corrections of CloudWatch Logs."""

import time
from typing import Any

from local_aws.testing.moto_probes import client, probe


@probe("logs.keep_log_group_class")
def log_group_has_its_class() -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName="/g", logGroupClass="INFREQUENT_ACCESS")
    assert logs.describe_log_groups()["logGroups"][0].get("logGroupClass") == "INFREQUENT_ACCESS"


def _put_events(count: int) -> Any:
    logs = client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
    events = [{"timestamp": int(time.time() * 1000), "message": "x"}] * count
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    return logs


@probe("logs.remove_old_events")
def events_of_a_group_are_bounded() -> None:
    for _ in range(3):
        logs = _put_events(5_000)
    (group,) = logs.describe_log_groups()["logGroups"]
    assert group["storedBytes"] == 10_000


@probe("logs.count_removed_events_in_tokens")
def reader_skips_nothing_when_old_events_are_removed() -> None:
    _put_events(5_000)
    logs = _put_events(5_000)
    where = {"logGroupName": "g", "logStreamName": "s", "startFromHead": True}
    token = logs.get_log_events(limit=6_000, **where)["nextForwardToken"]
    _put_events(5_000)
    token = logs.get_log_events(nextToken=token, **where)["nextForwardToken"]
    assert token == f"f/{14_999:056d}"
    assert len(logs.get_log_events(nextToken="b/" + token[2:], **where)["events"]) == 9_999
