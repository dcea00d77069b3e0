"""Delivery of a message to the target of an ARN: queue, topic, function, state machine, stream, log group or bus."""

import json
import time
import uuid
from typing import Any

from local_aws.iam.actors import Actor
from local_aws.iam.credentials import client


class UndeliverableError(Exception):
    """The local AWS does not deliver to this kind of target."""


class Delivery:
    """Sends messages through this server's endpoint, with the role or service principal that sends them on AWS."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def client(self, service: str, region: str, actor: Actor | None = None) -> Any:
        """Return a client of this server, or raise AccessDeniedError if the actor cannot assume its role."""
        return client(service, region, self._endpoint, actor)

    def send(
        self,
        arn: str,
        body: str,
        *,
        actor: Actor,
        attributes: dict[str, str] | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """Send a text to a target.

        Args:
            arn: the target's ARN.
            body: the message; JSON text for functions and state machines.
            actor: who sends.
            attributes: string message attributes, for queues and topics.
            options: more parameters of the service's API call, for example MessageGroupId.

        Raises:
            UndeliverableError: the service of the target is unknown here.
            botocore.exceptions.ClientError: the service returned an error, or the actor lacks a permission.
        """
        service, region = arn.split(":")[2:4]
        if service not in _SENDERS:
            raise UndeliverableError(arn)
        aws = self.client("stepfunctions" if service == "states" else service, region, actor)
        _SENDERS[service](aws, arn, body, attributes or {}, options or {})


def _typed(attributes: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}


def _to_queue(sqs: Any, arn: str, body: str, attributes: dict[str, str], options: dict[str, Any]) -> None:
    account, name = arn.split(":")[4:6]
    # Not looked up: a sender may lack the permission for GetQueueUrl.
    url = f"{sqs.meta.endpoint_url}/{account}/{name}"
    sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=_typed(attributes), **options)


def _to_topic(sns: Any, arn: str, body: str, attributes: dict[str, str], options: dict[str, Any]) -> None:
    sns.publish(TopicArn=arn, Message=body, MessageAttributes=_typed(attributes), **options)


def _to_function(functions: Any, arn: str, body: str, attributes: dict[str, str], options: dict[str, Any]) -> None:
    functions.invoke(FunctionName=arn, Payload=body.encode(), InvocationType="Event")


def _to_state_machine(states: Any, arn: str, body: str, attributes: dict[str, str], options: dict[str, Any]) -> None:
    states.start_execution(stateMachineArn=arn, name=str(uuid.uuid4()), input=body)


def _to_stream(kinesis: Any, arn: str, body: str, attributes: dict[str, str], options: dict[str, Any]) -> None:
    kinesis.put_record(StreamARN=arn, Data=body.encode(), PartitionKey=str(uuid.uuid4()))


def _to_log_group(logs: Any, arn: str, body: str, attributes: dict[str, str], options: dict[str, Any]) -> None:
    group, stream = arn.split(":")[6], str(uuid.uuid4())
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    events = [{"timestamp": int(time.time() * 1000), "message": body}]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def _to_bus(events: Any, arn: str, body: str, attributes: dict[str, str], options: dict[str, Any]) -> None:
    event = json.loads(body)
    entry = {
        "Source": event.get("source", "local"),
        "DetailType": event.get("detail-type", "local"),
        "Detail": json.dumps(event.get("detail", event)),
        "EventBusName": arn,
    }
    events.put_events(Entries=[entry])


_SENDERS = {
    "sqs": _to_queue,
    "sns": _to_topic,
    "lambda": _to_function,
    "states": _to_state_machine,
    "kinesis": _to_stream,
    "logs": _to_log_group,
    "events": _to_bus,
}
