"""Alarms change their state by what is measured, and tell of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.testing.server import LocalAws, unique_name

Eventually = Callable[..., Any]


def make_topic(aws: LocalAws) -> str:
    arn = aws.client("sns").create_topic(Name=unique_name("topic"))["TopicArn"]
    aws.client("sns").subscribe(TopicArn=arn, Protocol="email", Endpoint="ops@example.com")
    return arn


@pytest.fixture
def topic(aws: LocalAws) -> str:
    return make_topic(aws)


def put_alarm(aws: LocalAws, topic: str, **settings: Any) -> str:
    name = unique_name("alarm")
    usual = {"EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold"}
    actions = {"AlarmActions": [topic], "TreatMissingData": "notBreaching"}
    aws.client("cloudwatch").put_metric_alarm(AlarmName=name, **{**usual, **actions, **settings})
    return name


def state(aws: LocalAws, name: str) -> str:
    return aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"]


def mails(aws: LocalAws, name: str) -> list[dict[str, Any]]:
    return [mail for mail in aws.administer("mails")["mails"] if f'"{name}"' in mail["subject"]]


def test_given_a_function_that_fails_then_the_alarm_mails_once(
    aws: LocalAws, topic: str, eventually: Eventually
) -> None:
    function = aws.create_function("def handler(event, context):\n    raise ValueError\n")
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistic": "Sum", "Period": 300}
    name = put_alarm(aws, topic, **metric, Dimensions=[{"Name": "FunctionName", "Value": function}])
    eventually(lambda: state(aws, name) == "OK")
    assert mails(aws, name) == [], "there are no actions for OK"
    for _ in range(2):
        aws.invoke(function)
    (mail,) = eventually(lambda: mails(aws, name))
    assert mail["subject"] == f'ALARM: "{name}" in us-east-1'
    told = json.loads(mail["body"])
    assert (told["OldStateValue"], told["NewStateValue"]) == ("OK", "ALARM")
    assert told["Trigger"]["Dimensions"] == [{"name": "FunctionName", "value": function}]
    assert state(aws, name) == "ALARM"


def test_given_a_message_that_stays_in_a_queue_then_its_alarm_goes_off(
    aws: LocalAws, topic: str, eventually: Eventually
) -> None:
    url, arn = aws.create_queue()
    metric = {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible", "Statistic": "Maximum"}
    dimensions = [{"Name": "QueueName", "Value": arn.rsplit(":", 1)[-1]}]
    name = put_alarm(aws, topic, **metric, Period=60, Dimensions=dimensions)
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    eventually(lambda: state(aws, name) == "ALARM")


def test_given_a_state_set_by_hand_then_it_is_told_and_ends_with_the_next_look(
    aws: LocalAws, topic: str, eventually: Eventually
) -> None:
    name = put_alarm(aws, topic, Namespace="n", MetricName="m", Statistic="Sum", Period=60)
    eventually(lambda: state(aws, name) == "OK")
    aws.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a drill")
    (mail,) = eventually(lambda: mails(aws, name))
    assert json.loads(mail["body"])["NewStateReason"] == "a drill"
    eventually(lambda: state(aws, name) == "OK")


def test_given_a_topic_that_does_not_let_cloudwatch_in_then_there_is_no_mail(
    aws: LocalAws, topic: str, eventually: Eventually
) -> None:
    other = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    principal = {"Principal": {"Service": "events.amazonaws.com"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [other | principal]})
    aws.create_role()  # IAM is in use
    aws.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    metric = {"Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60}
    name, heard = put_alarm(aws, topic, **metric), put_alarm(aws, make_topic(aws), **metric)
    for alarm in (name, heard):
        aws.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a drill")
    eventually(lambda: mails(aws, heard))
    assert mails(aws, name) == []
