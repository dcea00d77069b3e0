"""The runtime: runs an invocation of a function and returns its outcome."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from local_aws.awslambda import packages
from local_aws.awslambda.execution_environment import ExecutionEnvironment
from local_aws.awslambda.execution_role import environment_permissions, lambda_actor
from local_aws.awslambda.function_pool import FunctionPool
from local_aws.awslambda.invocation_log import InvocationLog, LogEntry, platform_lines, record_throttle
from local_aws.awslambda.model import (
    Function,
    Invocation,
    KeyDeniedError,
    Outcome,
    RoleNotAssumedError,
    ThrottledError,
)
from local_aws.awslambda.tracing import Tracing
from local_aws.iam.access_denied import AccessDeniedError
from local_aws.iam.authorization import Authorizer
from local_aws.iam.credentials import credentials


@dataclass(frozen=True)
class RuntimeSettings:
    """Limits of the runtime on this machine.

    Attributes:
        processes_per_function: maximum number of processes of one function; more calls wait.
        idle_seconds: how long an idle process is kept.
        retry_seconds: waits before the retries of an asynchronous invocation (AWS: one and two minutes).
    """

    processes_per_function: int = 16
    idle_seconds: float = 300.0
    retry_seconds: tuple[float, ...] = (1.0, 2.0)

    @classmethod
    def from_environment(cls) -> "RuntimeSettings":
        """Read LOCAL_LAMBDA_PROCESSES, LOCAL_LAMBDA_IDLE_SECONDS and LOCAL_LAMBDA_RETRY_SECONDS (comma separated)."""
        retries = os.environ.get("LOCAL_LAMBDA_RETRY_SECONDS", "1,2")
        return cls(
            processes_per_function=int(os.environ.get("LOCAL_LAMBDA_PROCESSES", "16")),
            idle_seconds=float(os.environ.get("LOCAL_LAMBDA_IDLE_SECONDS", "300")),
            retry_seconds=tuple(float(part) for part in retries.split(",")),
        )


class LambdaRuntime:
    """Runs functions in their own processes; thread safe."""

    def __init__(self, data_dir: Path, endpoint: str, settings: RuntimeSettings, authorizer: Authorizer) -> None:
        """Make a runtime.

        Args:
            data_dir: where packages are extracted.
            endpoint: URL that the functions' AWS clients call.
            settings: limits.
            authorizer: checks the permissions of a function's role.
        """
        self._data_dir = data_dir.resolve()
        self._packages = self._data_dir / "packages"
        self._endpoint = endpoint
        self.settings = settings
        self._authorizer = authorizer
        self._log = InvocationLog(authorizer)
        self._tracing = Tracing(endpoint)
        self._pools: dict[str, FunctionPool] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        threading.Thread(target=self._reap_idle, daemon=True, name="lambda-reaper").start()

    def invoke(self, function: Function, invocation: Invocation) -> Outcome:
        """Run one invocation and wait for it.

        Raises:
            ThrottledError: the function's reserved concurrency is used up, or the runtime closes.
            RoleNotAssumedError: Lambda may not assume the function's role.
            KeyDeniedError: the function's role may not decrypt the environment variables.
        """
        try:
            credentials(lambda_actor(function), function.region)
        except AccessDeniedError as denied:
            raise RoleNotAssumedError(denied.message) from None
        invocation, began = self._tracing.sample(function, invocation), time.time()
        try:
            with self._pool(function).lend(function) as environment:
                outcome, printed, report = environment.invoke(invocation)
                stream = environment.log_stream
        except ThrottledError:
            record_throttle(function)
            raise
        self._tracing.record(function, invocation, outcome, began)
        before, after = platform_lines(function, invocation, outcome, report)
        lines = [*before, *printed, *after]
        self._log.add(LogEntry(function, stream, lines, report.duration, outcome.error is not None))
        return Outcome(outcome.payload, outcome.version, outcome.error, outcome.error_type, "\n".join(lines))

    def processes(self) -> list[dict[str, Any]]:
        """Describe every process: function, version, pid, busy or idle, and the number of its invocations."""
        with self._lock:
            pools = list(self._pools.values())
        return [
            {
                "function": environment.function.name,
                "version": environment.function.version,
                "pid": environment.pid,
                "state": "busy" if busy else "idle",
                "served": environment.served,
            }
            for pool in pools
            for environment, busy in pool.snapshot()
        ]

    def kill(self, name: str | None = None) -> int:
        """Kill the processes of a function, or of all functions, busy ones too, and return their number."""
        return sum(pool.stop() for pool in self._pools_of(lambda arn: name in (None, arn.rsplit(":", 1)[-1])))

    def retire(self, function_arn: str) -> None:
        """Stop the processes of a deleted function."""
        for pool in self._pools_of(lambda arn: arn == function_arn):
            pool.stop()

    def close(self) -> None:
        """Stop every process and write the last log entries."""
        self._closing.set()
        for pool in self._pools_of(lambda arn: True):
            pool.close()
        self._tracing.close()
        self._log.close()

    @cached_property
    def _modules(self) -> Path:
        """The folder of AWS's Python runtime, made for the first function: it takes a few tenths of a second."""
        return packages.runtime_modules(self._data_dir)

    def _pool(self, function: Function) -> FunctionPool:
        with self._lock:
            if function.arn not in self._pools:
                self._pools[function.arn] = FunctionPool(self._start, self.settings.processes_per_function)
            return self._pools[function.arn]

    def _pools_of(self, wanted: Callable[[str], bool]) -> list[FunctionPool]:
        with self._lock:
            return [pool for arn, pool in self._pools.items() if wanted(arn)]

    def _start(self, function: Function) -> ExecutionEnvironment:
        try:
            self._authorizer.require(lambda_actor(function), function.region, environment_permissions(function))
        except AccessDeniedError as denied:
            raise KeyDeniedError(denied.message) from None
        task_root = packages.extract(function.code, function.code_sha256, self._packages)
        layers = [packages.extract(code, digest, self._packages) for digest, code in function.layers]
        return ExecutionEnvironment(function, task_root, self._variables(function, task_root, layers))

    def _variables(self, function: Function, task_root: Path, layers: list[Path]) -> dict[str, str]:
        signing = credentials(lambda_actor(function), function.region)
        search = [str(task_root), *(str(layer / "python") for layer in layers), str(self._modules)]
        given = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": os.pathsep.join(search),
            "LAMBDA_TASK_ROOT": str(task_root),
            "LAMBDA_RUNTIME_DIR": str(self._modules),
            "_HANDLER": function.handler,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logging.group,
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_ACCESS_KEY_ID": signing.access_key_id,
            "AWS_SECRET_ACCESS_KEY": signing.secret_access_key,
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "AWS_XRAY_DAEMON_ADDRESS": self._tracing.address(function),
        }
        if signing.session_token:
            given["AWS_SESSION_TOKEN"] = signing.session_token
        if function.logging.format == "JSON":
            given["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
            given["AWS_LAMBDA_LOG_LEVEL"] = function.logging.application_level or "INFO"
        return {**given, **function.environment}

    def _reap_idle(self) -> None:
        while not self._closing.wait(5):
            for pool in self._pools_of(lambda arn: True):
                pool.reap(self.settings.idle_seconds)
