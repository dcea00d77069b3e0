"""The definition of API Gateway: moto keeps the configuration, HTTP APIs answer at their hosts and paths."""

from werkzeug import Request

from local_aws.apigateway.http_apis import HOST, HttpApis
from local_aws.apigateway.jwt_authorizer import TokenValidator
from local_aws.apigateway.paths import PATH, to_host
from local_aws.login.issuer import LoginIssuer
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Answer the requests to HTTP APIs."""
    apis = HttpApis(context.delivery, context.authorizer, TokenValidator(context.require(LoginIssuer).keys_of))
    return RunningService(
        hosts={HOST: apis.handle},
        paths={PATH: lambda request: apis.handle(to_host(request))},
        allows_origin=lambda request, origin: apis.allows_origin(_host(request), origin),
    )


def _host(request: Request) -> str:
    """Return the host name of the API that answers a request: as the server routes it, by its host, else its path."""
    by_path = not HOST.match(request.host) and PATH.fullmatch(request.environ["PATH_INFO"])
    return to_host(request).host if by_path else request.host


SERVICE = Service("apigateway", start, corrections=("local_aws.apigateway.moto_corrections",))
