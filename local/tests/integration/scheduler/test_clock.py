"""Schedules, and rules with a schedule, fire at their times."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.testing.server import LocalAws, unique_name
from local_aws.testing.state_machines import inputs

Eventually = Callable[..., Any]


def schedule(aws: LocalAws, machine: str, expression: str, **settings: Any) -> str:
    name = unique_name("schedule")
    aws.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": machine, "RoleArn": aws.create_role(), "Input": json.dumps({"from": name})},
        **settings,
    )
    return name


def test_given_a_time_when_it_comes_then_the_schedule_fires_once(
    aws: LocalAws, machine: str, eventually: Eventually
) -> None:
    when = (datetime.now(UTC) + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%S")
    name = schedule(aws, machine, f"at({when})", ActionAfterCompletion="DELETE")
    eventually(lambda: {"from": name} in inputs(aws, machine))
    time.sleep(0.6)
    assert inputs(aws, machine).count({"from": name}) == 1
    schedules = aws.client("scheduler").list_schedules
    eventually(lambda: name not in [found["Name"] for found in schedules()["Schedules"]])


def test_given_a_daily_schedule_when_told_to_fire_then_it_does(
    aws: LocalAws, machine: str, eventually: Eventually
) -> None:
    name = schedule(aws, machine, "cron(0 3 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin")
    upcoming = eventually(
        lambda: [s for s in aws.administer("schedules")["schedules"] if s["name"] == name and s["next"]]
    )
    assert "T03:00:00" in upcoming[0]["next"]
    assert aws.administer(f"schedules/{name}", "POST")["fired"]
    eventually(lambda: {"from": name} in inputs(aws, machine))


def test_given_a_rate_of_scheduler_without_a_start_then_it_fires_at_once(
    aws: LocalAws, machine: str, eventually: Eventually
) -> None:
    name = schedule(aws, machine, "rate(1 day)")
    eventually(lambda: {"from": name} in inputs(aws, machine))


def test_given_a_disabled_schedule_then_it_does_not_fire(aws: LocalAws, machine: str) -> None:
    name = schedule(aws, machine, "rate(1 day)", State="DISABLED")
    time.sleep(1)
    assert {"from": name} not in inputs(aws, machine)


def test_given_a_rule_with_a_schedule_when_it_fires_then_its_target_gets_the_scheduled_event(
    aws: LocalAws, eventually: Eventually
) -> None:
    (url, arn), rule, events = aws.create_queue(), unique_name("rule"), aws.client("events")
    events.put_rule(Name=rule, ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule=rule, Targets=[{"Id": "a", "Arn": arn}])
    events.put_events(Entries=[{"Source": "any", "DetailType": "t", "Detail": "{}"}])
    aws.administer(f"schedules/{rule}", "POST")
    (message,) = eventually(lambda: aws.receive_messages(url))
    assert message["Body"]["detail-type"] == "Scheduled Event"
    assert message["Body"]["resources"][0].endswith(f"rule/{rule}")


def test_given_an_unreachable_target_then_the_dead_letter_queue_tells_why(
    aws: LocalAws, eventually: Eventually
) -> None:
    (url, arn), name = aws.create_queue(), unique_name("schedule")
    target = {
        "Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:gone",
        "RoleArn": aws.create_role(),
        "Input": "{}",
        "DeadLetterConfig": {"Arn": arn},
        "RetryPolicy": {"MaximumRetryAttempts": 0},
    }
    aws.client("scheduler").create_schedule(
        Name=name, ScheduleExpression="rate(1 day)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )
    (message,) = eventually(lambda: aws.receive_messages(url))
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "StateMachineDoesNotExist"
    assert message["MessageAttributes"]["SCHEDULE_ARN"]["StringValue"].endswith(name)
