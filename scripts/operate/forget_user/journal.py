"""The progress of a removal, kept in the seed bucket, so that an interrupted removal can be continued from anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from scripts.operate.forget_user.object_versions import Bucket
from scripts.operate.forget_user.person import Login

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


LOOK, REMOVE, FINISH = "look", "remove", "finish"


@dataclass
class State:
    """The state of a removal, as journal.json stores it.

    A round has the stages LOOK, REMOVE and FINISH. `done` names the finished steps of the stage. The step `at` is
    half-way: its listing continues after the key `behind`. `logins` are the person's sessions with their logins,
    those in `surveyed` are complete; `shown` are those of which only exposures tell, by pseudonym. `found` is how
    much the look of this round found, `unclear` where texts are that may be about the person; `hidden` letters could
    not be read, `batches` of the stream hold events of the person. `job_name` is the deletion job that was asked for
    and has not completed.
    """

    started: str
    round: int = 1
    stage: str = LOOK
    done: list[str] = field(default_factory=list)
    at: str = ""
    behind: str = ""
    logins: dict[str, list[Login]] = field(default_factory=dict)
    surveyed: list[str] = field(default_factory=list)
    shown: dict[str, list[Login]] = field(default_factory=dict)
    found: int = 0
    hidden: int = 0
    batches: int = 0
    unclear: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    job_name: str = ""
    jobs: list[str] = field(default_factory=list)

    def count(self, what: str, number: int) -> None:
        """Add to a count."""
        self.counts[what] = self.counts.get(what, 0) + number

    def begin_stage(self, stage: str) -> None:
        """Begin a stage, or begin it again."""
        self.stage, self.done, self.at, self.behind = stage, [], "", ""
        if stage == LOOK:
            self.found = self.hidden = self.batches = 0


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
        stored = json.loads(body)
        if "logins" not in stored:  # of version 0.1, whose steps were others: begin again
            return State(stored["started"]), True
        return State(**stored | {name: _read_logins(stored.get(name, {})) for name in ("logins", "shown")}), True

    def save(self, state: State) -> None:
        """Store the state."""
        self.write("journal.json", json.dumps(asdict(state)), "application/json")

    def write(self, name: str, text: str, content_type: str) -> str:
        """Put a file into the folder; return its S3 URL."""
        key = f"{self.folder}/{name}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode("utf-8"), ContentType=content_type)
        return f"s3://{self._bucket}/{key}"

    def remove_all_but_receipts(self) -> None:
        """Remove the other files with all their versions: they name the person or the sessions. The state goes last."""
        bucket = Bucket(self._s3, self._bucket)
        keys = bucket.list_keys(f"{self.folder}/") - {f"{self.folder}/journal.json"}
        for key in sorted(key for key in keys if "/receipt-" not in key):
            bucket.remove(key)
        bucket.remove(f"{self.folder}/journal.json")


def _read_logins(stored: Mapping[str, Sequence[Sequence[Any]]]) -> dict[str, list[Login]]:
    return {session: [Login(*login) for login in logins] for session, logins in stored.items()}
