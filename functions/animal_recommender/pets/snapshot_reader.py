"""The snapshot of the catalogue in this process, which is renewed beside the requests."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING

from animal_recommender.aws_errors import AwsError, error_code
from animal_recommender.observability import logger
from animal_recommender.pets.snapshot import SNAPSHOT_KEY, Snapshot, SnapshotError, build_snapshot

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectRequestTypeDef


# How often S3 is asked for a newer snapshot, in seconds. If there is none, it sends nothing.
REFRESH_SECONDS = 5.0
_NOT_MODIFIED = {"304", "NotModified"}


class SnapshotReader:
    """Keeps the newest snapshot that it has read. While there is none it is an empty one."""

    def __init__(
        self, make_s3: "Callable[[], S3Client]", bucket: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make_s3 = make_s3
        self._bucket = bucket
        self._clock = clock
        self._etag = ""
        self._started: float | None = None
        self._reading: Future[None] | None = None
        self._snapshot = Snapshot(build_snapshot([], ""))

    def start(self, executor: Executor) -> None:
        """Begin to read a newer snapshot if it is time, in a thread of `executor`."""
        now = self._clock()
        busy = self._reading is not None and not self._reading.done()
        if not busy and (self._started is None or now - self._started > REFRESH_SECONDS):
            self._started = now
            self._reading = executor.submit(self.refresh)

    @property
    def latest(self) -> Snapshot:
        """The newest snapshot that has been read; an empty one before the first."""
        return self._snapshot

    def current(self) -> Snapshot:
        """Return the snapshot. Only the first one is waited for."""
        if not self._etag and self._reading is not None:
            self._reading.result()
        return self._snapshot

    def refresh(self) -> None:
        """Read the snapshot if there is a newer one. If it cannot be read, the present one stays."""
        request: GetObjectRequestTypeDef = {"Bucket": self._bucket, "Key": SNAPSHOT_KEY}
        if self._etag:
            request["IfNoneMatch"] = self._etag
        try:
            response = self._make_s3().get_object(**request)
            self._snapshot, self._etag = Snapshot(response["Body"].read()), response["ETag"]
        except (*AwsError, SnapshotError) as error:
            name = error_code(error) if isinstance(error, AwsError) else str(error)
            if name not in _NOT_MODIFIED:
                logger.warning("Snapshot of the catalogue not read", extra={"error": name})
