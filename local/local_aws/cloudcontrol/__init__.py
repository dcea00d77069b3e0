"""A local AWS Cloud Control API, and CloudFormation's DescribeType, for the registry types of Amazon Personalize."""

from local_aws.cloudcontrol.app import CloudControlApp
from local_aws.personalize import PersonalizeApp

__all__ = ["CloudControlApp", "create_app"]


def create_app(personalize: PersonalizeApp) -> CloudControlApp:
    """Return an application whose resources are those of `personalize`."""
    return CloudControlApp(personalize)
