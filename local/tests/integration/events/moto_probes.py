"""Probes of the corrections of EventBridge."""

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, probe


@probe("events.match_enabled_rules_with_a_pattern")
def event_is_not_for_a_rule_with_only_a_schedule() -> None:
    events, logs = client("events"), client("logs")
    logs.create_log_group(logGroupName="/g")
    events.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/g"
    events.put_targets(Rule="daily", Targets=[{"Id": "a", "Arn": arn}])
    events.put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}])
    assert logs.describe_log_streams(logGroupName="/g")["logStreams"] == []
