"""One execution environment: a process that serves one invocation at a time."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import TimeoutError as WaitTimeoutError
from dataclasses import dataclass
from pathlib import Path

from local_aws.awslambda.model import Function, Invocation, Outcome, error_payload
from local_aws.awslambda.process_output import ProcessOutput
from local_aws.awslambda.runtime_api import ProcessEndedError, RuntimeApi, RuntimeResponse

# Lambda gives the initialisation ten seconds before it counts against the function's own timeout.
INIT_SECONDS = 10.0
_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")


@dataclass(frozen=True)
class InvocationReport:
    """The figures of Lambda's REPORT line, in milliseconds and MB; `init` only after a cold start."""

    duration: float
    init: float | None
    max_memory: int | None


class ExecutionEnvironment:
    """A process of AWS's runtime client with one function's code."""

    def __init__(self, function: Function, task_root: Path, variables: Mapping[str, str]) -> None:
        """Start the process.

        Args:
            function: what it runs.
            task_root: the extracted package; also the working directory.
            variables: the environment of the process, except the address of the Runtime API.
        """
        self.function = function
        self.log_stream = f"{time.strftime('%Y/%m/%d')}/[{function.version}]{uuid.uuid4().hex}"
        self.idle_since = time.monotonic()
        self.served = 0
        self._started = time.monotonic()
        self._api = RuntimeApi()
        names = {"AWS_LAMBDA_RUNTIME_API": self._api.address, "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream}
        read_end, write_end = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-P", str(_BOOTSTRAP), function.handler],
            env={**variables, **names},
            cwd=task_root,
            stdin=subprocess.PIPE,
            stdout=write_end,
            stderr=write_end,
            start_new_session=True,
        )
        os.close(write_end)
        self._output = ProcessOutput(read_end, self._on_end)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def invoke(self, invocation: Invocation) -> tuple[Outcome, list[str], InvocationReport]:
        """Run one invocation; the process is stopped if it timed out or crashed.

        Returns:
            The outcome (without log), the printed lines, and the figures for the REPORT line.
        """
        cold = self.served == 0
        self.served += 1
        init_started = self._started if cold else time.monotonic()
        began = time.monotonic()
        try:
            self._api.initialised.result(timeout=INIT_SECONDS + self.function.timeout)
            began = time.monotonic()
            init = (began - init_started) * 1000 if cold else None
            body, error_type = self._wait_for_response(invocation)
        except ProcessEndedError:
            init, (body, error_type) = None, self._exit_response(invocation)
        except WaitTimeoutError:
            init, (body, error_type) = None, self._timeout_response(invocation)
        report = InvocationReport((time.monotonic() - began) * 1000, init, self._max_memory())
        if not self.alive or error_type == "Sandbox.Timedout":
            self.stop()
        self.idle_since = time.monotonic()
        outcome = Outcome(body, self.function.version, "Unhandled" if error_type else None, error_type)
        return outcome, self._output.take(), report

    def stop(self) -> None:
        """Kill the process and its children, and return when it has ended."""
        self._api.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def _wait_for_response(self, invocation: Invocation) -> RuntimeResponse:
        future = self._api.send(invocation, deadline=time.time() + self.function.timeout)
        if not self.alive:
            raise ProcessEndedError
        return future.result(timeout=self.function.timeout)

    def _on_end(self) -> None:
        self._process.wait()
        self._api.fail(ProcessEndedError())

    def _exit_response(self, invocation: Invocation) -> RuntimeResponse:
        if self._api.init_error:
            return self._api.init_error
        code = self._process.wait()
        if code == 0:
            reason = "Runtime exited without providing a reason"
        elif code < 0:
            reason = f"Runtime exited with error: signal: {_signal_word(-code)}"
        else:
            reason = f"Runtime exited with error: exit status {code}"
        message = f"RequestId: {invocation.request_id} Error: {reason}"
        return error_payload("Runtime.ExitError", message), "Runtime.ExitError"

    def _timeout_response(self, invocation: Invocation) -> RuntimeResponse:
        reason = f"Task timed out after {self.function.timeout:.2f} seconds"
        message = f"RequestId: {invocation.request_id} Error: {reason}"
        return error_payload("Sandbox.Timedout", message), "Sandbox.Timedout"

    def _max_memory(self) -> int | None:
        """Return the peak resident memory in MB; None where the system does not have it (only Linux has)."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return None
        peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), None)
        return int(peak) // 1024 if peak else None


def _signal_word(number: int) -> str:
    """Return the name of a signal as Go's runtime, in which Lambda is written, gives it."""
    words = {signal.SIGKILL: "killed", signal.SIGTERM: "terminated", signal.SIGSEGV: "segmentation fault"}
    return words.get(signal.Signals(number), signal.Signals(number).name.lower())
