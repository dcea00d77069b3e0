"""The definition of the login: tokens at `/_local/login`, whose keys API Gateway knows."""

from local_aws.login.issuer import LoginIssuer
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Issue tokens, if the settings say so."""
    issuer = LoginIssuer(context.settings.login)
    context.provide(issuer)
    return RunningService(administration={"login": issuer.handle})


SERVICE = Service("login", start)
