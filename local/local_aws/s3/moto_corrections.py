"""S3: bucket policies, access-log targets, EventBridge notifications."""

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from local_aws.moto_patches.patching import correction, set_method, wrap_method


@correction
def leave_bucket_policies_to_the_authorizer() -> None:
    """Do not evaluate bucket policies: `iam.authorization` does it before, with principals and conditions.

    Cause: moto/iam/policy_conditions.py treats every condition on aws:SecureTransport as fulfilled, so that "deny what
    is not TLS" denies everything, and moto/s3/models.py ignores the principal.
    """

    @set_method(FakeBucket)
    def get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
        return PermissionResult.NEUTRAL


@correction
def match_patterns_of_log_targets() -> None:
    """Let the log service write when a resource pattern of the policy covers the prefix.

    Cause: moto/s3/models.py, _log_permissions_enabled_policy compares resources and prefixes as plain strings.
    """

    def is_enabled(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
        if not target_bucket.policy:
            return False
        wanted = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}x"
        statements = json.loads(target_bucket.policy.decode())["Statement"]
        return any(_allows_logs(statement, wanted) for statement in statements)

    FakeBucket._log_permissions_enabled_policy = staticmethod(is_enabled)  # type: ignore[method-assign]


def _allows_logs(statement: dict[str, Any], resource: str) -> bool:
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


@correction
def return_event_bridge_configuration() -> None:
    """Return EventBridgeConfiguration.

    Cause: moto/s3/responses.py stores it and leaves it out of GetBucketNotificationConfiguration, so that
    aws_s3_bucket_notification.eventbridge differs in every plan.
    """

    @wrap_method(S3Response, "serialized")
    def serialized(original: Any, self: S3Response, result: Any) -> Any:
        if self.data.get("Action") == "GetBucketNotificationConfiguration":
            configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
            if configuration and configuration.event_bridge is not None:
                result._result["EventBridgeConfiguration"] = {}
        return original(self, result)
