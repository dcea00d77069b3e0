"""S3: how many server access logs are kept."""

import re
from typing import Any

from moto.s3.models import FakeBucket, S3Backend

from local_aws.moto_patches.patching import correction, wrap_method
from local_aws.retention import limits

_NAME = re.compile(r"\d{4}(-\d\d){5}-[0-9A-F]{16}")
_CHECK_EVERY = 100  # requests: a check reads the names of all objects in the target bucket


@correction
def bound_access_logs() -> None:
    """Keep the newest access logs of a target bucket and prefix, see `retention.Limits`.

    Cause: moto/s3/models.py, log_incoming_request writes an object for every request; S3 writes one for many.
    """

    @wrap_method(S3Backend, "log_incoming_request")
    def log_incoming_request(original: Any, self: S3Backend, request: Any, bucket_name: str) -> None:
        original(self, request, bucket_name)
        bucket: Any = self.buckets.get(bucket_name)
        if bucket is None or not bucket.logging:
            return
        bucket.logged_requests = getattr(bucket, "logged_requests", 0) + 1
        target = self.buckets.get(bucket.logging["TargetBucket"])
        if target is not None and bucket.logged_requests % _CHECK_EVERY == 0:
            _remove_oldest(target, bucket.logging.get("TargetPrefix") or "")


def _remove_oldest(target: FakeBucket, prefix: str) -> None:
    # A dict returns its keys in the order in which they were added: the oldest first.
    logs = [key for key in list(target.keys) if key.startswith(prefix) and _NAME.fullmatch(key, len(prefix))]
    for key in logs[: -limits().access_logs]:
        target.keys.pop(key)
