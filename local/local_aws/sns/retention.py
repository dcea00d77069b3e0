"""SNS: what is kept of published messages."""

from typing import Any

from moto.sns.models import Topic

from local_aws.moto_patches.patching import correction, wrap_method


@correction
def forget_published_messages() -> None:
    """Keep no copy of a message after it was published.

    Cause: moto/sns/models.py keeps every message of a topic for its administration interface, which is switched off.
    """

    @wrap_method(Topic, "publish")
    def publish(original: Any, self: Topic, *args: Any, **kwargs: Any) -> str:
        message_id: str = original(self, *args, **kwargs)
        self.sent_notifications.clear()
        return message_id
