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
from local_aws.awslambda.runtime_api import Answer, ProcessEndedError, RuntimeApi

# Lambda gives the initialisation ten seconds before it counts against the function's own timeout.
INIT_SECONDS = 10.0
_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")


@dataclass(frozen=True)
class Report:
    """The figures of Lambda's REPORT line; milliseconds and MB, `init` only after a cold start."""

    duration: float
    init: float | None
    max_memory: int | None


class Environment:
    """A process of AWS's runtime client with one function's code, started at once."""

    def __init__(self, function: Function, task_root: Path, variables: Mapping[str, str]) -> None:
        """Start the process.

        Args:
            task_root: the extracted package; also the working directory.
            variables: the whole process environment, except the Runtime API's address.
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
        self._output = ProcessOutput(read_end, self._ended)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def invoke(self, invocation: Invocation) -> tuple[Outcome, list[str], Report]:
        """Serve one invocation; a process that timed out or broke is dead afterwards.

        Returns:
            The outcome (without log), the lines printed, and the figures for the REPORT line.
        """
        cold = self.served == 0
        self.served += 1
        init_started = self._started if cold else time.monotonic()
        began = time.monotonic()
        try:
            self._api.initialised.result(timeout=INIT_SECONDS + self.function.timeout)
            began = time.monotonic()
            init = (began - init_started) * 1000 if cold else None
            body, error_type = self._answer(invocation)
        except ProcessEndedError:
            init, (body, error_type) = None, self._exit_answer(invocation)
        except WaitTimeoutError:
            init, (body, error_type) = None, self._timeout_answer(invocation)
        report = Report((time.monotonic() - began) * 1000, init, self._max_memory())
        if not self.alive or error_type == "Sandbox.Timedout":
            self.stop()
        self.idle_since = time.monotonic()
        outcome = Outcome(body, self.function.version, "Unhandled" if error_type else None, error_type)
        return outcome, self._output.take(), report

    def stop(self) -> None:
        """End the process and whatever it started; returns when it is gone."""
        self._api.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def _answer(self, invocation: Invocation) -> Answer:
        future = self._api.send(invocation, deadline=time.time() + self.function.timeout)
        if not self.alive:
            raise ProcessEndedError
        return future.result(timeout=self.function.timeout)

    def _ended(self) -> None:
        self._process.wait()
        self._api.fail(ProcessEndedError())

    def _exit_answer(self, invocation: Invocation) -> Answer:
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

    def _timeout_answer(self, invocation: Invocation) -> Answer:
        reason = f"Task timed out after {self.function.timeout:.2f} seconds"
        message = f"RequestId: {invocation.request_id} Error: {reason}"
        return error_payload("Sandbox.Timedout", message), "Sandbox.Timedout"

    def _max_memory(self) -> int | None:
        """Peak resident MB, where the system tells (Linux)."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return None
        peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), None)
        return int(peak) // 1024 if peak else None


def _signal_word(number: int) -> str:
    """Name a signal as Go's runtime, which Lambda is written in, does."""
    words = {signal.SIGKILL: "killed", signal.SIGTERM: "terminated", signal.SIGSEGV: "segmentation fault"}
    return words.get(signal.Signals(number), signal.Signals(number).name.lower())
