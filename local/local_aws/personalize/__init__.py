"""A local Amazon Personalize: the control plane, the runtime and the events API that boto3 knows, over HTTP."""

from collections.abc import Callable
from typing import Any

from local_aws.faults import Faults
from local_aws.personalize.app import Measured, PersonalizeApp
from local_aws.personalize.service import UseKey
from local_aws.personalize.settings import PersonalizeSettings, Quotas

__all__ = ["Measured", "PersonalizeApp", "PersonalizeSettings", "Quotas", "create_app"]


def create_app(
    *,
    account_id: str = "123456789012",
    region: str = "us-east-1",
    settings: PersonalizeSettings | None = None,
    s3: Callable[[str, str], Any],
    use_key: UseKey = lambda key_arn, role_arn, source_arn, actions: None,
    measured: Measured = lambda region, operation, campaign_arn, milliseconds: None,
    faults: Faults | None = None,
) -> PersonalizeApp:
    """The application.

    `s3` gives a boto3 S3 client that acts as a role, for a job (both ARNs), or raises a ClientError if the role cannot
    be taken; `use_key` likewise raises one if key and role do not allow what is done with a group's data; `measured`
    is told of each answer of a campaign; `region` is for unsigned calls.
    """
    settings = settings or PersonalizeSettings.from_environment()
    return PersonalizeApp(account_id, region, settings, s3, use_key, measured, faults or Faults())
