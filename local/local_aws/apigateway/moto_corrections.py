"""API Gateway: the addresses of HTTP APIs are on this machine."""

from typing import Any

from moto.apigatewayv2.models import Api

from local_aws.apigateway.paths import endpoint
from local_aws.moto_patches.patching import correction, wrap_method


@correction
def give_local_endpoints() -> None:
    """Give an API an address at which this server answers.

    Cause: moto/apigatewayv2/models.py gives it a host name of AWS, where nothing of it runs.
    """

    @wrap_method(Api, "__init__")
    def initialize(original: Any, self: Api, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if self.protocol_type == "HTTP":
            self.api_endpoint = endpoint(self.api_id)
