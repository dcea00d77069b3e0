"""S3: event notifications to functions, queues and topics: sent later, at least once, with the rights of S3 itself.

Sources: S3 user guide, "Amazon S3 Event Notifications", "Granting permissions to publish event notification messages to
a destination"; API reference of PutBucketNotificationConfiguration.
"""

import json
import os
import random
from collections.abc import Iterable, Iterator
from typing import Any

from moto.awslambda.exceptions import UnknownAliasException, UnknownFunctionException
from moto.awslambda.utils import get_backend
from moto.s3 import notifications
from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_aws.events.targets import TargetInvocation, TargetInvoker
from local_aws.iam.access_denied import AccessDeniedError
from local_aws.iam.actors import Actor
from local_aws.iam.authorization import Authorizer
from local_aws.iam.permission import Permission
from local_aws.moto_patches.patching import wrap_method

_SERVICE = "s3.amazonaws.com"
_DESTINATIONS = (("CloudFunction", "lambda:InvokeFunction"), ("Queue", "sqs:SendMessage"), ("Topic", "sns:Publish"))
_REPEATED = "LOCAL_S3_REPEATED_NOTIFICATIONS"


def deliver_notifications_through(invoker: TargetInvoker) -> None:
    """Make moto's buckets send their notifications through an invoker. A part of them is sent twice, see README.md.

    Cause: moto/s3/notifications.py runs the function while the caller of PutObject waits, and ignores every error; S3
    sends "typically in seconds", tries again, and delivers a notification "at least once".
    """

    def send(account_id: str, message: dict[str, Any], arn: str) -> None:
        source = _bucket_arn(message)
        actor = Actor(account_id, _SERVICE, source)
        target = TargetInvocation(source, arn, json.dumps(message), actor, dead_letter_actor=actor)
        for _ in range(1 + (random.random() < float(os.environ.get(_REPEATED) or 0))):
            invoker.invoke(target)

    def to_function(account_id: str, event_body: Any, fn_arn: str, region_name: str) -> None:
        send(account_id, event_body, fn_arn)

    def to_queue(account_id: str, event_body: Any, queue_name: str, region_name: str) -> None:
        send(account_id, event_body, f"arn:aws:sqs:{region_name}:{account_id}:{queue_name}")

    def to_topic(account_id: str, event_body: Any, topic_arn: str, region_name: str) -> None:
        send(account_id, event_body, topic_arn)

    notifications._invoke_awslambda = to_function
    notifications._send_sqs_message = to_queue
    notifications._send_sns_message = to_topic


def _bucket_arn(message: dict[str, Any]) -> str:
    """Return the bucket of a notification, or of the test event that queues and topics get."""
    if "Records" in message:
        return str(message["Records"][0]["s3"]["bucket"]["arn"])
    return f"arn:aws:s3:::{message['Bucket']}"


def check_destinations_with(authorizer: Authorizer) -> None:
    """Refuse a notification configuration with a destination that does not exist or does not let the bucket in.

    Cause: moto/s3/responses.py takes any ARN; S3 validates them, unless the request skips that.
    """

    @wrap_method(S3Response, "_notification_config_from_body")
    def read(original: Any, self: S3Response) -> dict[str, Any]:
        configuration: dict[str, Any] = original(self)
        if self.headers.get("x-amz-skip-destination-validation", "").lower() != "true":
            actor = Actor(self.get_current_account(), _SERVICE, f"arn:aws:s3:::{self.bucket_name}")
            for action, arn in _destinations(configuration):
                _check_destination(authorizer, actor, action, arn)
        return configuration


def _destinations(configuration: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the action with which S3 sends to each destination, and its ARN."""
    for name, action in _DESTINATIONS:
        yield from ((action, one[name]) for one in _listed(configuration.get(f"{name}Configuration")))


def _listed(found: Any) -> Iterable[dict[str, Any]]:
    return found if isinstance(found, list) else [found] if found else []


def _check_destination(authorizer: Authorizer, actor: Actor, action: str, arn: str) -> None:
    region, account = arn.split(":")[3:5]
    try:
        authorizer.require(actor, region, [Permission(action, arn)])
        exists = _exists(arn, account, region)
    except AccessDeniedError:
        exists = False
    if not exists:
        raise S3ClientError("InvalidArgument", "Unable to validate the following destination configurations")


def _exists(arn: str, account: str, region: str) -> bool:
    service, name = arn.split(":")[2], arn.rsplit(":", 1)[-1]
    if service == "sqs":
        return name in sqs_backends[account][region].queues
    if service == "sns":
        return arn in sns_backends[account][region].topics
    try:
        get_backend(account, region).get_function(arn)
    except (UnknownFunctionException, UnknownAliasException):
        return False
    return True
