"""The definition of API Gateway: moto keeps the configuration, HTTP APIs answer at the hosts that name them."""

from local_aws.apigateway.http_apis import HOST, HttpApis
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Answer the requests to HTTP APIs."""
    return RunningService(hosts={HOST: HttpApis(context.delivery, context.authorizer).handle})


SERVICE = Service("apigateway", start)
