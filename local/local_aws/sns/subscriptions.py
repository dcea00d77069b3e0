"""SNS delivers to queues and functions as a service: their resource policies must allow the topic."""

import logging
from typing import Any

from moto.sns.models import Subscription

from local_aws.iam.access_denied import AccessDeniedError
from local_aws.iam.actors import service_principal
from local_aws.iam.authorization import Authorizer
from local_aws.iam.permission import Permission
from local_aws.moto_patches.patching import wrap_method

_log = logging.getLogger(__name__)

_ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}


def authorize_deliveries(authorizer: Authorizer) -> None:
    """Authorize each delivery; a message that is denied is lost, as on AWS, and logged.

    Cause: moto/sns/models.py checks no policy.
    """

    @wrap_method(Subscription, "publish")
    def publish(original: Any, self: Subscription, *args: Any, **kw: Any) -> None:
        if action := _ACTIONS.get(self.protocol):
            topic = self.topic.arn
            try:
                region = topic.split(":")[3]
                actor = service_principal("sns.amazonaws.com", topic)
                authorizer.require_with_keys(actor, region, Permission(action, self.endpoint))
            except AccessDeniedError as denied:
                _log.error("%s could not deliver to %s: %s", topic, self.endpoint, denied)
                return
        original(self, *args, **kw)
