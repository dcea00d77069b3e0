"""How far a removal has come, kept in the seed bucket, so that it can be interrupted and gone on with anywhere."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from scripts.operate.forget_user.objects import Bucket


@dataclass
class State:
    """What is known and done. `done` names steps; the listing of the step `at` goes on behind the key `behind`.

    `again`: this pass over the files met something that asks for another one.
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
        """Adds to a count."""
        self.counts[what] = self.counts.get(what, 0) + number


class Journal:
    """One removal's place under `forget/` of the seed bucket: its state, its list for Personalize, its receipt.

    The folder is named by a hash, so that a receipt does not name whom it is about, and can be found by whoever asks.
    """

    def __init__(self, s3: Any, bucket: str, environment: str, user: str) -> None:
        self._s3, self._bucket = s3, bucket
        self.digest = hashlib.sha256(f"{environment}/{user}".encode()).hexdigest()[:32]
        self.folder = f"forget/{self.digest}"

    def load(self, now: str) -> tuple[State, bool]:
        """The state of an interrupted removal, or a new one begun at `now`; and whether it is one gone on with."""
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=f"{self.folder}/journal.json")["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return State(now), False
        return State(**json.loads(body)), True

    def save(self, state: State) -> None:
        """Keeps the state."""
        self.write("journal.json", json.dumps(asdict(state)), "application/json")

    def write(self, name: str, text: str, content_type: str) -> str:
        """Puts a file into the folder; its S3 URL."""
        key = f"{self.folder}/{name}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode("utf-8"), ContentType=content_type)
        return f"s3://{self._bucket}/{key}"

    def remove(self, name: str) -> None:
        """Removes a file with all its versions: they name the user or the sessions."""
        Bucket(self._s3, self._bucket).remove(f"{self.folder}/{name}")
