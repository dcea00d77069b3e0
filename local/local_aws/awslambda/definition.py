"""The definition of Lambda: moto keeps the configuration, the runtime here runs the code."""

from werkzeug import Request, Response

from local_aws.administration import name_in_path
from local_aws.awslambda import moto_adapter
from local_aws.awslambda.asynchronous_invocation import AsynchronousInvoker
from local_aws.awslambda.event_source_mappings import EventSourceMappingPollers
from local_aws.awslambda.function_list import list_functions
from local_aws.awslambda.invoke_api import InvokeApi
from local_aws.awslambda.runtime import LambdaRuntime, RuntimeSettings
from local_aws.http.responses import json_response
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Start the runtime, asynchronous invocations and event source mappings."""
    settings = RuntimeSettings.from_environment()
    runtime = LambdaRuntime(context.settings.data_dir, context.endpoint, settings, context.authorizer)
    moto_adapter.invoke_through(runtime)
    asynchronous = AsynchronousInvoker(runtime, context.delivery)
    mappings = EventSourceMappingPollers(runtime, context.delivery, context.authorizer)
    return RunningService(
        signed={"lambda": InvokeApi(runtime, asynchronous).answer},
        administration={
            "functions": lambda request: _functions(runtime, request),
            "streams": lambda request: json_response({"lanes": mappings.progress()}),
        },
        health={"lambda": "runtime"},
        parts=(mappings, asynchronous, runtime),
    )


def _functions(runtime: LambdaRuntime, request: Request) -> Response:
    if request.method == "DELETE":
        return json_response({"killed": runtime.kill(name_in_path(request) or None)})
    return json_response({"functions": list_functions(), "processes": runtime.processes()})


SERVICE = Service(
    "awslambda",
    start,
    corrections=(
        "local_aws.awslambda.account_settings",
        "local_aws.awslambda.moto_corrections",
        "local_aws.awslambda.provisioned_concurrency",
    ),
)
