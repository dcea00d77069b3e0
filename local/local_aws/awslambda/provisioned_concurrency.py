"""Lambda: provisioned concurrency is kept as a setting only; a warm process answers as fast."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from moto.awslambda import urls
from moto.awslambda.models import LambdaBackend
from moto.awslambda.responses import LambdaResponse

from local_aws.moto_patches.patching import correction, set_method

_PATH = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency/?$"


@correction
def keep_provisioned_concurrency() -> None:
    """Answer Put-, Get- and DeleteProvisionedConcurrencyConfig.

    Cause: moto/awslambda/urls.py and responses.py have none of the three.
    """
    urls.url_paths[_PATH] = LambdaResponse.dispatch

    @set_method(LambdaResponse)
    def put_provisioned_concurrency_config(self: LambdaResponse) -> Any:
        wanted = self.json_body["ProvisionedConcurrentExecutions"]
        configs, key = _configs(self)
        configs[key] = {
            "RequestedProvisionedConcurrentExecutions": wanted,
            "AvailableProvisionedConcurrentExecutions": wanted,
            "AllocatedProvisionedConcurrentExecutions": wanted,
            "Status": "READY",
            "LastModified": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        }
        return 202, {"status": 202}, json.dumps(configs[key])

    @set_method(LambdaResponse)
    def get_provisioned_concurrency_config(self: LambdaResponse) -> Any:
        configs, key = _configs(self)
        if key in configs:
            return 200, {}, json.dumps(configs[key])
        error = {"Type": "User", "Message": "No Provisioned Concurrency Config found for this function"}
        headers = {"x-amzn-errortype": "ProvisionedConcurrencyConfigNotFoundException", "status": 404}
        return 404, headers, json.dumps(error)

    @set_method(LambdaResponse)
    def delete_provisioned_concurrency_config(self: LambdaResponse) -> Any:
        configs, key = _configs(self)
        configs.pop(key, None)
        return 204, {"status": 204}, ""


def _configs(response: LambdaResponse) -> tuple[dict[tuple[str, str], dict[str, Any]], tuple[str, str]]:
    """Return all configurations of the backend, and the key of the version or alias in the request."""
    backend: Any = response.backend
    name, qualifier = unquote(response.path.rstrip("/").split("/")[-2]), response._get_param("Qualifier")
    LambdaBackend.get_function(backend, name, qualifier)
    if not hasattr(backend, "provisioned_concurrency"):
        backend.provisioned_concurrency = {}
    return backend.provisioned_concurrency, (name, qualifier)
