"""Rules invoke their targets."""

import json
import time
from collections.abc import Callable
from typing import Any

from local_aws.testing.roles import policy, statement
from local_aws.testing.server import LocalAws, unique_name
from local_aws.testing.state_machines import inputs

Eventually = Callable[..., Any]


def create_topic(aws: LocalAws, **condition: Any) -> str:
    """Create a topic whose policy lets EventBridge publish, with a condition if one is given; return its ARN."""
    sns = aws.client("sns")
    topic = str(sns.create_topic(Name=unique_name("topic"))["TopicArn"])
    allowed = statement("sns:Publish", Principal={"Service": "events.amazonaws.com"}, Resource=topic, **condition)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy(allowed))
    return topic


def failed_invocations(aws: LocalAws, rule: str) -> float:
    """The sum of the metric FailedInvocations of a rule."""
    now = time.time()
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Events",
        MetricName="FailedInvocations",
        Dimensions=[{"Name": "RuleName", "Value": rule}],
        StartTime=now - 600,
        EndTime=now + 600,
        Period=3600,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in found["Datapoints"])


def test_given_a_rule_when_an_execution_fails_then_its_targets_hear_of_it(
    aws: LocalAws, machine: str, eventually: Eventually
) -> None:
    events, (url, arn) = aws.client("events"), aws.create_queue()
    topic = create_topic(aws)
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


def test_given_a_topic_whose_policy_has_a_condition_when_a_rule_publishes_then_it_fails_and_is_counted(
    aws: LocalAws, eventually: Eventually
) -> None:
    aws.create_role()  # policies count in an account with a role
    events, rule = aws.client("events"), unique_name("rule")
    rule_arn = events.put_rule(Name=rule, EventPattern=json.dumps({"source": [rule]}))["RuleArn"]
    of_the_rule = {"ArnLike": {"aws:SourceArn": rule_arn}}
    topics = {"open": create_topic(aws), "conditional": create_topic(aws, Condition=of_the_rule)}
    for name, topic in topics.items():
        aws.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
        retry = {"RetryPolicy": {"MaximumRetryAttempts": 0}}
        events.put_targets(Rule=rule, Targets=[{"Id": name, "Arn": topic, **retry}])
    events.put_events(Entries=[{"Source": rule, "DetailType": "t", "Detail": "{}"}])
    eventually(lambda: failed_invocations(aws, rule) == 1)
    sources = eventually(lambda: {mail["source"] for mail in aws.administer("mails")["mails"]} & set(topics.values()))
    assert sources == {topics["open"]}
