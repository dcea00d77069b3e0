"""S3: bucket policies, access-log targets, EventBridge notifications."""

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from local_aws.moto_patches.patching import added, around


def apply() -> None:
    """See the three corrections below."""
    _leave_policies_to_the_guard()
    _accept_log_targets()
    _show_event_bridge()


def _leave_policies_to_the_guard() -> None:
    """Bucket policies are evaluated before a request comes here (local/access), principals and conditions included.

    Cause: moto/iam/policy_conditions.py takes every condition on aws:SecureTransport for fulfilled, so that "deny what
    is not TLS" denies everything, and moto/s3/models.py asks for no principal.
    """

    @added(FakeBucket)
    def get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
        return PermissionResult.NEUTRAL


def _accept_log_targets() -> None:
    """A policy lets the log service write when its resource covers the prefix.

    Cause: moto/s3/models.py, _log_permissions_enabled_policy compares resources and prefixes as plain strings.
    """

    def is_enabled(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
        if not target_bucket.policy:
            return False
        wanted = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}x"
        statements = json.loads(target_bucket.policy.decode())["Statement"]
        return any(_lets_logs_in(statement, wanted) for statement in statements)

    FakeBucket._log_permissions_enabled_policy = staticmethod(is_enabled)  # type: ignore[assignment]


def _lets_logs_in(statement: dict[str, Any], resource: str) -> bool:
    principal = statement.get("Principal")
    service = principal.get("Service") if isinstance(principal, dict) else None
    return (
        statement.get("Effect") == "Allow"
        and "logging.s3.amazonaws.com" in _listed(service)
        and any(fnmatchcase("s3:PutObject", action) for action in _listed(statement.get("Action")))
        and any(fnmatchcase(resource, pattern) for pattern in _listed(statement.get("Resource")))
    )


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _show_event_bridge() -> None:
    """Give EventBridgeConfiguration back.

    Cause: moto/s3/responses.py stores it and leaves it out of GetBucketNotificationConfiguration, so that
    aws_s3_bucket_notification.eventbridge differs for ever.
    """

    @around(S3Response, "serialized")
    def serialized(original: Any, self: S3Response, result: Any) -> Any:
        if self.data.get("Action") == "GetBucketNotificationConfiguration":
            configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
            if configuration and configuration.event_bridge is not None:
                result._result["EventBridgeConfiguration"] = {}
        return original(self, result)
