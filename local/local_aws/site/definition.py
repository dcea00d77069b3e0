"""The definition of the site: requests without a signature that name one of its files."""

from local_aws.service import Context, RunningService, Service
from local_aws.site.static_site import StaticSite


def start(context: Context) -> RunningService:
    """Serve the folders of the settings."""
    return RunningService(pages=StaticSite(context.settings.site).find)


SERVICE = Service("site", start)
