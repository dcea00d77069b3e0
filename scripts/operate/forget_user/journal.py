"""The progress of a removal, kept in the seed bucket, so that an interrupted removal can be continued from anywhere."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from scripts.operate.forget_user.object_versions import Bucket

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass
class State:
    """The state of a removal, as journal.json stores it.

    `done` names finished steps. The step `at` is half-way: its listing continues after the key `behind`. `again`: this
    pass over the files found something that makes another pass necessary.
    """

    started: str
    sessions: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    at: str = ""
    behind: str = ""
    again: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    job_name: str = ""

    def count(self, what: str, number: int) -> None:
        """Add to a count."""
        self.counts[what] = self.counts.get(what, 0) + number


class Journal:
    """The folder of one removal under `forget/` of the seed bucket: its state, its list for Personalize, its receipt.

    The folder is named by a hash. So a receipt does not name the visitor, and whoever knows the id can find it.
    """

    def __init__(self, s3: S3Client, bucket: str, environment: str, user: str) -> None:
        self._s3, self._bucket = s3, bucket
        self.digest = hashlib.sha256(f"{environment}/{user}".encode()).hexdigest()[:32]
        self.folder = f"forget/{self.digest}"

    def load(self, now: str) -> tuple[State, bool]:
        """Return the state of an interrupted removal and True, or a new state begun at `now` and False."""
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=f"{self.folder}/journal.json")["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return State(now), False
        return State(**json.loads(body)), True

    def save(self, state: State) -> None:
        """Store the state."""
        self.write("journal.json", json.dumps(asdict(state)), "application/json")

    def write(self, name: str, text: str, content_type: str) -> str:
        """Put a file into the folder; return its S3 URL."""
        key = f"{self.folder}/{name}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode("utf-8"), ContentType=content_type)
        return f"s3://{self._bucket}/{key}"

    def remove(self, name: str) -> None:
        """Remove a file with all its versions: they name the user or the sessions."""
        Bucket(self._s3, self._bucket).remove(f"{self.folder}/{name}")
