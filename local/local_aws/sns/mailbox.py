"""E-mails that AWS would send; here they are files for people and tests to read."""

import json
import re
import time
import uuid
from pathlib import Path
from typing import Any

from moto.sns.models import Subscription

from local_aws.moto_patches.patching import wrap_method

_DEFAULT_SUBJECT = "AWS Notification Message"


class Mailbox:
    """The mails in `<data dir>/mails`: one JSON file each, oldest first by name."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "mails"

    def put(self, *, to: str, subject: str, body: str, source: str) -> None:
        """Store a mail.

        Args:
            to: the address.
            subject: the subject.
            body: the text.
            source: ARN of the topic that sent it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        mail = {"to": to, "subject": subject, "body": body, "source": source, "time": time.time()}
        name = re.sub(r"[^\w@.-]", "_", to)
        path = self._folder / f"{time.time_ns()}-{name}-{uuid.uuid4().hex[:6]}.json"
        # Renamed when it is complete: another thread may read all mails at any time.
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(mail, indent=2))
        unfinished.rename(path)

    def mails(self, newest: int | None = None) -> list[dict[str, Any]]:
        """Return every mail, or only the newest ones, oldest first."""
        paths = sorted(self._folder.glob("*.json"))
        return [json.loads(path.read_text()) for path in paths[-newest if newest else None :]]

    def clear(self) -> None:
        """Delete every mail."""
        for path in self._folder.glob("*.json"):
            path.unlink(missing_ok=True)


def deliver_mails_to(mailbox: Mailbox) -> None:
    """Store what SNS publishes to e-mail subscriptions, confirmed or not: nobody can confirm here.

    Cause: moto/sns/models.py delivers only to queues, functions, URLs and phones.
    """

    @wrap_method(Subscription, "publish")
    def publish(
        original: Any,
        self: Subscription,
        message: str,
        message_id: str,
        subject: str | None = None,
        *args: Any,
        **kw: Any,
    ) -> None:
        if self.protocol not in ("email", "email-json"):
            original(self, message, message_id, subject, *args, **kw)
            return
        if kw.get("message_structure") == "json":
            message = self._parse_message_structure(message, self.protocol)
        mailbox.put(to=self.endpoint, subject=subject or _DEFAULT_SUBJECT, body=message, source=self.topic.arn)
