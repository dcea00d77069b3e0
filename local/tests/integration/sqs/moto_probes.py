"""Probes of the corrections of SQS."""

import json

from local_aws.testing.moto_probes import client, probe


@probe("sqs.read_retention_without_counting")
def receiving_counts_no_other_messages() -> None:
    from moto.sqs.models import Queue

    url = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    client("sqs").send_message(QueueUrl=url, MessageBody="m")
    original, looks = Queue.approximate_number_of_messages, []
    Queue.approximate_number_of_messages = property(lambda self: looks.append(self) or 1)  # type: ignore
    try:
        assert client("sqs").receive_message(QueueUrl=url)["Messages"]
    finally:
        Queue.approximate_number_of_messages = original  # type: ignore[method-assign]
    assert not looks, "all messages are counted for each that is received"


@probe("sqs.keep_attributes")
def attributes_are_kept_as_given() -> None:
    sqs = client("sqs")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    dead = sqs.create_queue(QueueName="dead", Attributes={"Policy": policy})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = json.dumps({"redrivePermission": "allowAll"})
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"RedriveAllowPolicy": allow})
    found = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
    assert found["RedriveAllowPolicy"] == allow
    assert "Policy" in found
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3}, separators=(",", ":"))
    work = sqs.create_queue(QueueName="work", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    assert sqs.get_queue_attributes(QueueUrl=work, AttributeNames=["All"])["Attributes"]["RedrivePolicy"] == redrive
