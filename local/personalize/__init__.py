"""A local Amazon Personalize: the control plane, the runtime and the events API that boto3 knows, over HTTP."""

from collections.abc import Callable
from typing import Any

from local.faults import Faults
from local.personalize.app import PersonalizeApp
from local.personalize.settings import PersonalizeSettings, Quotas

__all__ = ["PersonalizeApp", "PersonalizeSettings", "Quotas", "create_app"]


def create_app(
    *,
    account_id: str = "123456789012",
    region: str = "us-east-1",
    settings: PersonalizeSettings | None = None,
    s3: Callable[[], Any],
    role_exists: Callable[[str], bool] = lambda _: True,
    faults: Faults | None = None,
) -> PersonalizeApp:
    """The application.

    `s3` gives a boto3 S3 client for reading and writing data; `region` is for unsigned calls; `role_exists`
    says whether a role ARN is there to act as.
    """
    return PersonalizeApp(
        account_id, region, settings or PersonalizeSettings.from_environment(), s3, role_exists, faults or Faults()
    )
