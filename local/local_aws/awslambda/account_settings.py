"""Lambda: GetAccountSettings, with the default quotas of an account (developer guide, "Lambda quotas")."""

import json
from typing import Any

from moto.awslambda import urls
from moto.awslambda.responses import LambdaResponse

from local_aws.moto_patches.patching import correction, set_method

_PATH = r"{0}/2016-08-19/account-settings/?$"
_CONCURRENT_EXECUTIONS = 1_000
_MIB, _GIB = 1024**2, 1024**3


@correction
def answer_account_settings() -> None:
    """Answer GetAccountSettings.

    Cause: moto/awslambda/urls.py and responses.py do not have the operation.
    """
    urls.url_paths[_PATH] = LambdaResponse.dispatch

    @set_method(LambdaResponse)
    def get_account_settings(self: LambdaResponse) -> Any:
        functions = list(self.backend.list_functions())
        reserved = sum(int(one.reserved_concurrency or 0) for one in functions)
        settings = {
            "AccountLimit": {
                "TotalCodeSize": 75 * _GIB,
                "CodeSizeUnzipped": 250 * _MIB,
                "CodeSizeZipped": 50 * _MIB,
                "ConcurrentExecutions": _CONCURRENT_EXECUTIONS,
                "UnreservedConcurrentExecutions": _CONCURRENT_EXECUTIONS - reserved,
            },
            "AccountUsage": {
                "TotalCodeSize": sum(one.code_size for one in functions),
                "FunctionCount": len(functions),
            },
        }
        return 200, {}, json.dumps(settings)
