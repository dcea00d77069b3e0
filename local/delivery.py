"""Handing a message to whatever an ARN names: queue, topic, function, state machine, bus or stream."""

import json
import time
import uuid
from typing import Any

from local.identities import client


class UndeliverableError(Exception):
    """The ARN names a kind of target that the local AWS does not deliver to."""


class Delivery:
    """Sends messages through this server's own endpoint, acting as the role that the configuration names."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def client(self, service: str, region: str, role_arn: str | None = None) -> Any:
        """Return a client of a service of this server."""
        return client(service, region, self._endpoint, role_arn)

    def send(
        self,
        arn: str,
        body: str,
        *,
        role_arn: str | None = None,
        attributes: dict[str, str] | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        """Send a text to a target.

        Args:
            arn: the target's ARN.
            body: the message; JSON text for functions and state machines.
            attributes: string message attributes, for queues and topics.
            options: further parameters of the service's own call, for example MessageGroupId.

        Raises:
            UndeliverableError: the target's service is not one of those above.
            botocore ClientError: the service refused.
        """
        _, _, service, region, account, *rest = arn.split(":")
        use = {"attributes": attributes or {}, "options": options or {}}
        aws = self.client(service if service != "states" else "stepfunctions", region, role_arn)
        if service == "sqs":
            _to_queue(aws, account, rest[0], body, **use)
        elif service == "sns":
            aws.publish(TopicArn=arn, Message=body, MessageAttributes=_typed(use["attributes"]), **use["options"])
        elif service == "lambda":
            aws.invoke(FunctionName=arn, Payload=body.encode(), InvocationType="Event")
        elif service == "states":
            aws.start_execution(stateMachineArn=arn, name=str(uuid.uuid4()), input=body)
        elif service == "kinesis":
            key = use["options"].get("PartitionKey") or str(uuid.uuid4())
            aws.put_record(StreamARN=arn, Data=body.encode(), PartitionKey=key)
        elif service == "logs":
            _to_log_group(aws, rest[1], body)
        elif service == "events":
            _to_bus(aws, arn, body)
        else:
            raise UndeliverableError(arn)


def _typed(attributes: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}


def _to_queue(
    sqs: Any, account: str, name: str, body: str, attributes: dict[str, str], options: dict[str, Any]
) -> None:
    url = sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=_typed(attributes), **options)


def _to_log_group(logs: Any, group: str, body: str) -> None:
    stream = str(uuid.uuid4())
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    events = [{"timestamp": int(time.time() * 1000), "message": body}]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def _to_bus(events: Any, arn: str, body: str) -> None:
    event = json.loads(body)
    entry = {
        "Source": event.get("source", "local"),
        "DetailType": event.get("detail-type", "local"),
        "Detail": json.dumps(event.get("detail", event)),
        "EventBusName": arn,
    }
    events.put_events(Entries=[entry])
