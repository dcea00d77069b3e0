"""What happens by time and by event: schedules, rules, state machines, mails."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws.testing.server import LocalAws, unique_name

Eventually = Callable[..., Any]
ECHO = """
def handler(event, context):
    if event.get("fail"):
        raise ValueError("told to")
    return event
"""


@pytest.fixture(scope="module")
def machine(aws: LocalAws) -> str:
    """A state machine that calls a function by its alias, and fails when told to."""
    alias = aws.client("lambda").get_alias(FunctionName=aws.create_function(ECHO), Name="live")["AliasArn"]
    invoke = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": alias, "Payload.$": "$"},
        "OutputPath": "$.Payload",
        "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}],
        "End": True,
    }
    definition = json.dumps({"StartAt": "Invoke", "States": {"Invoke": invoke}})
    made = aws.client("stepfunctions").create_state_machine(
        name=unique_name("machine"), definition=definition, roleArn=aws.create_role()
    )
    return made["stateMachineArn"]


def executions(aws: LocalAws, machine: str) -> list[dict[str, Any]]:
    states = aws.client("stepfunctions")
    listed = states.list_executions(stateMachineArn=machine)["executions"]
    return [states.describe_execution(executionArn=found["executionArn"]) for found in listed]


def inputs(aws: LocalAws, machine: str) -> list[Any]:
    return [json.loads(found["input"]) for found in executions(aws, machine)]


def test_executions_run_side_by_side_and_end(aws: LocalAws, machine: str, eventually: Eventually) -> None:
    states = aws.client("stepfunctions")
    arns = [
        states.start_execution(stateMachineArn=machine, input=json.dumps({"n": n}))["executionArn"] for n in range(3)
    ]
    assert len(set(arns)) == 3

    def ended() -> list[dict[str, Any]]:
        found = [states.describe_execution(executionArn=arn) for arn in arns]
        return found if all(execution["status"] == "SUCCEEDED" for execution in found) else []

    assert [json.loads(execution["output"]) for execution in eventually(ended)] == [{"n": n} for n in range(3)]


def test_given_a_rule_when_an_execution_fails_then_its_targets_hear_of_it(
    aws: LocalAws, machine: str, eventually: Eventually
) -> None:
    events, (url, arn) = aws.client("events"), aws.create_queue()
    topic = aws.client("sns").create_topic(Name=unique_name("topic"))["TopicArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    rule = unique_name("rule")
    pattern = {"source": ["aws.states"], "detail": {"status": ["FAILED"], "stateMachineArn": [machine]}}
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    transformer = {"InputPathsMap": {"s": "$.detail.status"}, "InputTemplate": '"A run ended <s>"'}
    targets = [{"Id": "queue", "Arn": arn}, {"Id": "mail", "Arn": topic, "InputTransformer": transformer}]
    events.put_targets(Rule=rule, Targets=targets)
    aws.client("stepfunctions").start_execution(stateMachineArn=machine, input='{"fail": true}')
    (message,) = eventually(lambda: aws.receive_messages(url))
    assert message["Body"]["detail-type"] == "Step Functions Execution Status Change"
    assert message["Body"]["detail"]["error"] == "ValueError"
    assert "told to" in message["Body"]["detail"]["cause"]
    mails = eventually(lambda: [m for m in aws.administer("mails")["mails"] if m["source"] == topic])
    assert (mails[0]["to"], mails[0]["body"]) == ("ops@example.com", '"A run ended FAILED"')


def test_given_a_rule_then_functions_and_state_machines_are_targets(
    aws: LocalAws, machine: str, eventually: Eventually
) -> None:
    (url, _), rule, events = aws.create_queue(), unique_name("rule"), aws.client("events")
    code = 'import boto3, json, os\ndef handler(event, context):\n    boto3.client("sqs").send_message('
    code += 'QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))\n'
    function = aws.create_function(code, Environment={"Variables": {"QUEUE": url}})
    function_arn = aws.client("lambda").get_alias(FunctionName=function, Name="live")["AliasArn"]
    rule_arn = events.put_rule(Name=rule, EventPattern=json.dumps({"source": [rule]}))["RuleArn"]
    aws.client("lambda").add_permission(
        FunctionName=function,
        Qualifier="live",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule_arn,
    )
    events.put_targets(
        Rule=rule,
        Targets=[
            {"Id": "function", "Arn": function_arn, "InputPath": "$.detail"},
            {"Id": "machine", "Arn": machine, "RoleArn": aws.create_role(), "Input": json.dumps({"from": rule})},
        ],
    )
    events.put_events(Entries=[{"Source": rule, "DetailType": "t", "Detail": '{"a": 1}'}])
    (message,) = eventually(lambda: aws.receive_messages(url))
    assert message["Body"] == {"a": 1}
    eventually(lambda: {"from": rule} in inputs(aws, machine))


def test_given_a_disabled_rule_then_nothing_happens(aws: LocalAws) -> None:
    (url, arn), rule, events = aws.create_queue(), unique_name("rule"), aws.client("events")
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": [rule]}), State="DISABLED")
    events.put_targets(Rule=rule, Targets=[{"Id": "a", "Arn": arn}])
    events.put_events(Entries=[{"Source": rule, "DetailType": "t", "Detail": "{}"}])
    time.sleep(0.5)
    assert aws.receive_messages(url) == []


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
