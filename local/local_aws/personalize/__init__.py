"""A local Amazon Personalize: the control plane, the runtime and the events API of boto3, over HTTP."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from local_aws.faults import Faults
from local_aws.personalize.app import PersonalizeApp, PutMetrics
from local_aws.personalize.settings import PersonalizeSettings, Quotas

if TYPE_CHECKING:
    from local_aws.personalize.service import SendMetrics, UseKey

__all__ = ["PersonalizeApp", "PersonalizeSettings", "PutMetrics", "Quotas", "create_app"]


def create_app(
    *,
    account_id: str = "123456789012",
    region: str = "us-east-1",
    settings: PersonalizeSettings | None = None,
    s3: Callable[[str, str], Any],
    use_key: "UseKey" = lambda key_arn, role_arn, source_arn, actions: None,
    put_metrics: PutMetrics = lambda region, metrics: None,
    send_metrics: "SendMetrics" = lambda role_arn, source_arn, metrics: None,
    faults: Faults | None = None,
) -> PersonalizeApp:
    """Return the application.

    Args:
        account_id: The account of all resources.
        region: The region of unsigned requests.
        settings: By default they are read from the environment.
        s3: Returns a boto3 S3 client that acts as a role for a job (both are ARNs). Raises a ClientError if the role
            cannot be assumed.
        use_key: Uses a KMS key for the data of a dataset group. Raises a ClientError if the key or the role do not
            allow it.
        put_metrics: Stores the metrics of each call.
        send_metrics: Sends the metrics of a metric attribution as its role.
        faults: The faults to inject.
    """
    settings = settings or PersonalizeSettings.from_environment()
    return PersonalizeApp(account_id, region, settings, s3, use_key, put_metrics, send_metrics, faults or Faults())
