"""The documents below `/_local/` that the console shows."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from local_aws.testing.server import LocalAws, unique_name
from local_aws.testing.state_machines import create_state_machine

Eventually = Callable[..., Any]


def named(documents: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (found,) = (one for one in documents if one["name"] == name)
    return found


def test_given_an_alarm_then_it_is_listed_with_its_state(aws: LocalAws) -> None:
    name = unique_name("alarm")
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        AlarmDescription="why",
        Namespace="N",
        MetricName="M",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    found = named(aws.administer("alarms")["alarms"], name)
    assert (found["description"], found["metric"], found["condition"]) == ("why", "N M", "GreaterThanThreshold 1.0")
    assert found["since"].endswith("+00:00")


def test_given_calls_of_a_function_then_they_are_counted_and_its_log_is_read(
    aws: LocalAws, eventually: Eventually
) -> None:
    name = aws.create_function("def handler(event, context):\n    print('said', event)\n    return 1 / event\n")
    for payload in (1, 0):
        aws.invoke(name, payload)
    eventually(lambda: named(aws.administer("functions")["functions"], name)["invocations"] == 2, 5)
    found = named(aws.administer("functions")["functions"], name)
    assert (found["errors"], found["throttles"], found["logGroup"]) == (1, 0, f"/aws/lambda/{name}")
    events = aws.administer(f"logs?group={quote(found['logGroup'], safe='')}&limit=50")["events"]
    assert [event["message"] for event in events if event["message"].startswith("said")] == ["said 1", "said 0"]
    assert found["logGroup"] in aws.administer("logs")["groups"]


def test_given_runs_then_the_newest_come_first_and_each_has_its_progress(aws: LocalAws, eventually: Eventually) -> None:
    machine = create_state_machine(aws)
    states = aws.client("stepfunctions")
    arns = []
    for run_input in ('{"n": 1}', '{"fail": true}'):
        arns.append(states.start_execution(stateMachineArn=machine, input=run_input)["executionArn"])
        eventually(lambda: states.describe_execution(executionArn=arns[-1])["status"] != "RUNNING", 20)
    listed = named(aws.administer("executions")["stateMachines"], machine.rpartition(":")[2])["executions"]
    assert [(one["arn"], one["status"], one["output"]) for one in listed] == [
        (arns[1], "FAILED", None),
        (arns[0], "SUCCEEDED", {"n": 1}),
    ]
    found = aws.administer(f"executions/{arns[1]}")
    (state,) = found["progress"]["states"]
    assert (state["name"], state["status"], state["error"]["error"]) == ("Invoke", "failed", "ValueError")
    assert set(found["definition"]["States"]) == {"Invoke"}


def test_given_failures_with_a_destination_then_its_queue_is_a_dead_letter_queue(
    aws: LocalAws, eventually: Eventually
) -> None:
    url, arn = aws.create_queue()
    name = aws.create_function("def handler(event, context):\n    raise ValueError('never')\n")
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    aws.invoke(name, {}, InvocationType="Event")
    queue_name = url.rpartition("/")[2]
    eventually(lambda: named(aws.administer("dead-letters")["queues"], queue_name)["messages"], 20)
    found = named(aws.administer("dead-letters")["queues"], queue_name)
    assert found["reasons"] == {"RetriesExhausted": 1}
    assert json.loads(found["letters"][0]["body"])["responsePayload"]["errorMessage"] == "never"
    # And nobody has received it
    assert len(aws.receive_messages(url)) == 1


def test_given_a_role_then_its_summary_counts_what_it_used_and_was_denied(aws: LocalAws) -> None:
    role = aws.create_role("sqs:ListQueues", "sns:*", "logs:*")
    calls = "boto3.client('sqs').list_queues(), boto3.client('sqs').create_queue(QueueName='x')"
    code = f"import boto3\ndef handler(event, context):\n    {calls}\n"
    aws.invoke(aws.create_function(code, Role=role))
    (summary,) = (one for one in aws.administer("access/summary")["roles"] if one["role"] == role)
    (whole,) = aws.administer(f"access?role={quote(role, safe='')}")["roles"]
    assert summary["grants"] == len(whole["grants"]) == 3
    assert summary["used"] >= 1
    assert [one["action"] for one in summary["denied"]] == ["sqs:CreateQueue"]


def test_given_mails_then_the_newest_can_be_chosen(aws: LocalAws) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.org")
    for subject in ("first", "second"):
        sns.publish(TopicArn=topic, Subject=subject, Message="text")
    assert [mail["subject"] for mail in aws.administer("mails?limit=1")["mails"]] == ["second"]


@pytest.mark.parametrize("path", ["executions/none", "logs?group=none"])
def test_given_an_unknown_name_then_the_status_is_404(aws: LocalAws, path: str) -> None:
    with pytest.raises(Exception, match="404"):
        aws.administer(path)
