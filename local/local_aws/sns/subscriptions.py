"""SNS delivers to queues and functions as itself: their own policies must let the topic in."""

from typing import Any

from moto.sns.models import Subscription

from local_aws.iam.access_denied import RefusedError
from local_aws.iam.actors import taking
from local_aws.iam.authorization import Guard
from local_aws.kms.key_usage import Use
from local_aws.moto_patches.patching import wrap_method
from local_aws.trouble import report

_ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}


def connect(guard: Guard) -> None:
    """Deliver only what may be delivered; what may not is lost, as on AWS, and told on standard error.

    Cause: moto/sns/models.py asks no policy.
    """

    @wrap_method(Subscription, "publish")
    def publish(original: Any, self: Subscription, *args: Any, **kw: Any) -> None:
        if action := _ACTIONS.get(self.protocol):
            topic = self.topic.arn
            try:
                region = topic.split(":")[3]
                guard.act(taking(None, "sns.amazonaws.com", topic), region, Use(action, self.endpoint))
            except RefusedError as refused:
                report(f"{topic} to {self.endpoint}", refused)
                return
        original(self, *args, **kw)
