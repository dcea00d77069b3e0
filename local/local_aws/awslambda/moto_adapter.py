"""The adapter between moto's Lambda, which stores the configuration, and the runtime, which runs the code."""

import json
import secrets
import time
import uuid
from typing import Any

from moto.awslambda.models import LambdaFunction, LambdaStorage
from moto.awslambda.utils import get_backend

from local_aws.awslambda.model import Function, Invocation, LoggingConfig, NotInvokedError, error_payload
from local_aws.awslambda.runtime import LambdaRuntime


def read_function(configured: LambdaFunction) -> Function:
    """Return a function of moto as the runtime needs it."""
    backend = get_backend(configured.account_id, configured.region)
    latest = backend._lambdas._functions.get(configured.function_name, {}).get("latest") or configured
    reserved = latest.reserved_concurrency
    layers = (backend.layers_versions_by_arn(str(layer["Arn"])) for layer in configured.layers)
    return Function(
        name=configured.function_name,
        version=str(configured.version),
        arn=latest.function_arn,
        account_id=configured.account_id,
        region=configured.region,
        handler=configured.handler or "",
        runtime=configured.run_time or "",
        timeout=float(configured.timeout),
        memory=int(configured.memory_size),
        role=configured.role,
        environment={key: str(value) for key, value in configured.environment_vars.items()},
        code_sha256=configured.code_sha_256,
        code=configured.code_bytes,
        layers=tuple((layer.code_sha_256, layer.code_bytes) for layer in layers if layer),
        logging=_logging(configured),
        kms_key_arn=configured.kms_key_arn or "",
        is_traced=(configured.tracing_config or {}).get("Mode") == "Active",
        reserved_concurrency=None if reserved is None else int(reserved),
    )


def new_invocation(payload: bytes, invoked_arn: str, client_context: str | None = None) -> Invocation:
    """Return an invocation with new request and trace ids."""
    trace = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
    return Invocation(str(uuid.uuid4()), payload, invoked_arn, trace, client_context)


def invoke_through(runtime: LambdaRuntime) -> None:
    """Make everything in moto that invokes or deletes a function (SNS, SQS, log filters …) use the runtime."""

    def _invoke_lambda(self: LambdaFunction, event: Any = None) -> tuple[str, bool, str]:
        function = read_function(self)
        invocation = new_invocation(json.dumps(event or {}).encode(), self.function_arn)
        try:
            outcome = runtime.invoke(function, invocation)
        except NotInvokedError:
            return error_payload("TooManyRequestsException", "Rate Exceeded.").decode(), True, ""
        return outcome.payload.decode(), outcome.error is not None, outcome.log

    delete = LambdaStorage.del_function

    def del_function(self: LambdaStorage, name_or_arn: str, qualifier: str | None = None) -> None:
        function = self.get_function_by_name_or_arn_with_qualifier(name_or_arn, qualifier)
        delete(self, name_or_arn, qualifier)
        runtime.retire(function.function_arn)

    LambdaFunction._invoke_lambda = _invoke_lambda  # type: ignore[method-assign]
    LambdaStorage.del_function = del_function  # type: ignore[method-assign]


def log_group(configured: LambdaFunction) -> str:
    """Return the name of the log group that a function writes to."""
    return str(_given_logging(configured).get("LogGroup") or configured.logs_group_name)


def _logging(configured: LambdaFunction) -> LoggingConfig:
    given = _given_logging(configured)
    return LoggingConfig(
        group=log_group(configured),
        format=given.get("LogFormat") or "Text",
        application_level=given.get("ApplicationLogLevel"),
        system_level=given.get("SystemLogLevel") or "INFO",
    )


def _given_logging(configured: LambdaFunction) -> dict[str, Any]:
    # Stored on the function by local_aws.awslambda.moto_corrections; moto itself drops it.
    return getattr(configured, "kept_settings", {}).get("LoggingConfig") or {}
