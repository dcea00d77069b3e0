"""E-mails that AWS would send, kept as files for people and tests to read."""

import json
import re
import time
import uuid
from pathlib import Path
from typing import Any


class Mailbox:
    """One JSON file a mail in `<data dir>/mails`, oldest first by name."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "mails"

    def put(self, *, to: str, subject: str, body: str, source: str) -> None:
        """Keep a mail.

        Args:
            source: ARN of the topic that sent it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        mail = {"to": to, "subject": subject, "body": body, "source": source, "time": time.time()}
        name = re.sub(r"[^\w@.-]", "_", to)
        path = self._folder / f"{time.time_ns()}-{name}-{uuid.uuid4().hex[:6]}.json"
        path.write_text(json.dumps(mail, indent=2))

    def mails(self) -> list[dict[str, Any]]:
        """Return every mail, oldest first."""
        return [json.loads(path.read_text()) for path in sorted(self._folder.glob("*.json"))]

    def clear(self) -> None:
        """Forget every mail."""
        for path in self._folder.glob("*.json"):
            path.unlink(missing_ok=True)
