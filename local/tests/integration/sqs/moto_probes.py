"""Probes of the corrections of SQS."""

import json

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, probe


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


@probe("sqs.remove_expired_messages")
def message_behind_an_expired_one_is_received() -> None:
    from moto.sqs.models import sqs_backends

    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="old")
    sqs_backends[ACCOUNT][REGION].get_queue("q")._messages[0].sent_timestamp -= 61_000  # type: ignore[operator]
    sqs.send_message(QueueUrl=url, MessageBody="new")
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["new"]


@probe("sqs.bound_deleted_receipts")
def receipts_of_deleted_messages_are_bounded() -> None:
    from moto.sqs.models import sqs_backends

    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    deleted = sqs_backends[ACCOUNT][REGION].get_queue("q").deleted_messages
    deleted.update(str(number) for number in range(10_000))
    sqs.send_message(QueueUrl=url, MessageBody="m")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    for _ in range(2):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert "0" not in deleted
    assert "9999" in deleted
