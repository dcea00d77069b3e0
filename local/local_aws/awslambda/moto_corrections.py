"""Lambda: settings that moto drops, versions, aliases of event source mappings, event invoke configurations."""

import itertools
import time
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import (
    EventInvokeConfig,
    EventSourceMapping,
    LambdaAlias,
    LambdaBackend,
    LambdaFunction,
    LambdaStorage,
)

from local_aws.iam.actors import Actor, has_roles
from local_aws.iam.authorization import is_allowed
from local_aws.iam.caller import get_caller
from local_aws.iam.permission import Permission
from local_aws.kms.key_usage import via_service
from local_aws.moto_patches.patching import correction, set_method, wrap_method

_NOT_DECRYPTED = (
    "Lambda was unable to decrypt your environment variables because the KMS access was denied. Please check your KMS"
    " permissions."
)

# Settings that are kept as they were given, in a separate attribute: a published version keeps its own copy.
_KEPT = ("DeadLetterConfig", "LoggingConfig", "SnapStart")
_UPDATED_ATTRIBUTES = {
    "KMSKeyArn": "kms_key_arn",
    "TracingConfig": "tracing_config",
    "Architectures": "architectures",
}
# Lambda's defaults for a stream (API reference: CreateEventSourceMapping).
_STREAM_DEFAULTS = {
    "BisectBatchOnFunctionError": False,
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
}


@correction
def keep_settings() -> None:
    """Keep the dead-letter, logging and SnapStart configuration and the key of the code.

    Cause: moto/awslambda/models.py, LambdaFunction has none of them; Terraform adds them again in every plan.
    """

    @wrap_method(LambdaFunction, "__init__")
    def make(original: Any, self: Any, account_id: str, spec: dict[str, Any], *args: Any, **kw: Any) -> None:
        self.kept_settings = {key: spec[key] for key in _KEPT if spec.get(key)}
        self.source_kms_key_arn = spec.get("Code", {}).get("SourceKMSKeyArn")
        original(self, account_id, spec, *args, **kw)

    @wrap_method(LambdaFunction, "get_configuration")
    def get_configuration(original: Any, self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        return {**original(self, on_create), **_describe(self)}

    @wrap_method(LambdaFunction, "get_code")
    def get_code(original: Any, self: Any) -> dict[str, Any]:
        answer: dict[str, Any] = original(self)
        if self.source_kms_key_arn:
            answer.setdefault("Code", {})["SourceKMSKeyArn"] = self.source_kms_key_arn
        return answer


def _describe(function: Any) -> dict[str, Any]:
    logging = {"LogFormat": "Text", "LogGroup": function.logs_group_name}
    logging.update(function.kept_settings.get("LoggingConfig", {}))
    if logging["LogFormat"] == "JSON":
        logging = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **logging}
    snap_start = function.kept_settings.get("SnapStart", {}).get("ApplyOn", "None")
    optimised = "On" if snap_start == "PublishedVersions" and str(function.version) != "$LATEST" else "Off"
    described = {
        "LoggingConfig": logging,
        "SnapStart": {"ApplyOn": snap_start, "OptimizationStatus": optimised},
    }
    if function.kept_settings.get("DeadLetterConfig", {}).get("TargetArn"):
        described["DeadLetterConfig"] = function.kept_settings["DeadLetterConfig"]
    return described


@correction
def update_all_settings() -> None:
    """Update every setting.

    Cause: moto/awslambda/models.py, update_configuration knows nine of the sixteen settings of
    UpdateFunctionConfiguration; update_function_code ignores architecture and key.
    """

    @wrap_method(LambdaFunction, "update_configuration")
    def update_configuration(original: Any, self: Any, updates: dict[str, Any]) -> Any:
        # A new dict: versions published before share the old one.
        self.kept_settings = {**self.kept_settings, **{key: updates[key] for key in _KEPT if key in updates}}
        for key, attribute in _UPDATED_ATTRIBUTES.items():
            if key in updates:
                setattr(self, attribute, updates[key])
        if "EphemeralStorage" in updates:
            self.ephemeral_storage = updates["EphemeralStorage"]["Size"]
        if "Environment" in updates:
            updates = {**updates, "Environment": {"Variables": updates["Environment"].get("Variables", {})}}
        return original(self, updates)

    @wrap_method(LambdaFunction, "update_function_code")
    def update_function_code(original: Any, self: Any, updates: dict[str, Any]) -> Any:
        if "Architectures" in updates:
            self.architectures = updates["Architectures"]
        if "ZipFile" in updates or "S3Key" in updates:
            self.source_kms_key_arn = updates.get("SourceKMSKeyArn")
        return original(self, updates)


@correction
def keep_versions_apart() -> None:
    """Give every version a number of its own, and keep a version that an alias names.

    Cause: moto/awslambda/models.py numbers a version by how many there are, so after a deletion a number comes again;
    it deletes the version of an alias, and the ARN of a deleted version still leads to it. DeleteFunction:
    https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
    """

    @wrap_method(LambdaFunction, "__init__")
    def make(original: Any, self: Any, *args: Any, **kw: Any) -> None:
        original(self, *args, **kw)
        self.version_numbers = itertools.count(1)  # shared by the published versions, which are copies

    @wrap_method(LambdaFunction, "set_version")
    def set_version(original: Any, self: Any, version: int) -> None:
        original(self, next(self.version_numbers))

    @wrap_method(LambdaStorage, "del_function")
    def del_function(original: Any, self: LambdaStorage, name_or_arn: str, qualifier: str | None = None) -> None:
        function = self.get_function_by_name_or_arn_with_qualifier(name_or_arn, qualifier)
        version = str(function.version)
        aliases = [one.name for one in self.list_aliases(function.function_name) if _names(one, version)]
        if version != "$LATEST" and aliases:
            raise VersionInUseError(aliases)
        original(self, name_or_arn, qualifier)
        if version != "$LATEST":
            self._arns.pop(function.function_arn, None)


def _names(alias: LambdaAlias, version: str) -> bool:
    routing: Any = alias.routing_config or {}
    shares = routing.get("AdditionalVersionWeights", {})
    return version in {alias.function_version, *shares}


class VersionInUseError(LambdaClientError):
    """The version of an alias must not be deleted."""

    code = 409

    def __init__(self, aliases: list[str]) -> None:
        super().__init__(
            "ResourceConflictException",
            f"Unable to delete version because the following aliases reference it: [{', '.join(aliases)}]",
        )


@correction
def keep_alias_of_mapping() -> None:
    """Keep the alias of a mapping's function, return the defaults of a stream, and list by any name of a function.

    Cause: moto/awslambda/models.py resolves the alias to a version, so that the provider sees `:1` for `:live`; it
    returns null for the defaults; it compares the function's name in a list request as text.
    """

    @wrap_method(LambdaBackend, "create_event_source_mapping")
    def create_event_source_mapping(original: Any, self: LambdaBackend, spec: dict[str, Any]) -> Any:
        if ":sqs:" not in spec.get("EventSourceArn", ""):
            spec = {**_STREAM_DEFAULTS, **spec}
        mapping = original(self, spec)
        mapping.function_arn = _as_given(self, spec["FunctionName"])
        mapping.created_at = time.time()
        return mapping

    @wrap_method(LambdaBackend, "update_event_source_mapping")
    def update_event_source_mapping(original: Any, self: LambdaBackend, uuid: str, spec: dict[str, Any]) -> Any:
        mapping = original(self, uuid, spec)
        if mapping and spec.get("FunctionName"):
            mapping.function_arn = _as_given(self, spec["FunctionName"])
        return mapping

    @set_method(LambdaBackend)
    def list_event_source_mappings(
        self: LambdaBackend, event_source_arn: str | None, function_name: str | None
    ) -> list[EventSourceMapping]:
        wanted = _as_given(self, function_name) if function_name else None
        return [
            mapping
            for mapping in self._event_source_mappings.values()
            if event_source_arn in (None, mapping.event_source_arn) and wanted in (None, mapping.function_arn)
        ]


def _as_given(backend: LambdaBackend, name: str) -> str:
    """Return the ARN for a function's name, partial or full ARN, with the qualifier it was given with."""
    if name.startswith("arn:"):
        return name
    plain = name.split(":function:")[-1]
    return f"arn:aws:lambda:{backend.region_name}:{backend.account_id}:function:{plain}"


@correction
def replace_event_invoke_config() -> None:
    """Replace the event invoke configuration.

    Cause: moto/awslambda/models.py appends each PutFunctionEventInvokeConfig and always reads the first.
    """

    @set_method(LambdaBackend)
    def put_function_event_invoke_config(
        self: LambdaBackend, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        function = self.get_function(function_name)
        function.event_invoke_config = [EventInvokeConfig(function.function_arn, function.last_modified, config)]
        return function.event_invoke_config[0].response()

    @set_method(LambdaBackend)
    def update_function_event_invoke_config(
        self: LambdaBackend, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        function = self.get_function(function_name)
        known = function.event_invoke_config[0].config if function.event_invoke_config else {}
        return self.put_function_event_invoke_config(function_name, {**known, **config})


@correction
def hide_encrypted_environment() -> None:
    """Show environment variables only to a caller who may decrypt them.

    Cause: moto/awslambda/models.py, get_configuration shows them to everybody. Lambda returns an error in their place:
    https://docs.aws.amazon.com/lambda/latest/api/API_EnvironmentResponse.html. So a plan without kms:Decrypt wants to
    set all variables again.
    """

    @wrap_method(LambdaFunction, "get_configuration")
    def get_configuration(original: Any, self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        described: dict[str, Any] = original(self, on_create)
        caller = get_caller()
        if self.kms_key_arn and self.environment_vars and caller and not _may_decrypt(caller, self):
            error = {"ErrorCode": "AccessDeniedException", "Message": _NOT_DECRYPTED}
            described["Environment"] = {"Error": error}
        return described


def _may_decrypt(caller: Actor, function: LambdaFunction) -> bool:
    arn = ":".join(function.function_arn.split(":")[:7])
    context = via_service("lambda", function.region, function.account_id)
    context["kms:encryptioncontext:aws:lambda:functionarn"] = arn
    permission = Permission("kms:Decrypt", str(function.kms_key_arn), context)
    return not has_roles(caller.account) or is_allowed(caller, function.region, permission)
