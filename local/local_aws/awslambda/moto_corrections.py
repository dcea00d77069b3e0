"""Lambda: settings that moto drops, aliases of event source mappings, event invoke configurations."""

import time
from typing import Any

from moto.awslambda.models import EventInvokeConfig, EventSourceMapping, LambdaBackend, LambdaFunction

from local_aws.moto_patches.patching import correction, set_method, wrap_method

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
