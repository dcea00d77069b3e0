"""Cold starts: a new process of AWS's runtime client, from its start to its first answer.

As in Lambda, the runtime's own modules are compiled beforehand and the function's are not: nothing can be written
beside them.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.environment import FUNCTIONS
from local_aws.awslambda import packages

_START = "import sys; from awslambdaric.__main__ import main; main(sys.argv)"


class RuntimeApi(ThreadingHTTPServer):
    """The Runtime API for one process at a time: one event to hand out, one answer to take."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.block_on_close = False
        self.events: queue.Queue[bytes] = queue.Queue()
        self.answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """Say nothing: a process that is killed breaks its connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    server: RuntimeApi

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Hand out the next event; awslambdaric's native client crashes if one of these headers is missing."""
        headers = {
            "Lambda-Runtime-Aws-Request-Id": "1",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 30) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:bench",
            "Lambda-Runtime-Trace-Id": "Root=1-0-0;Parent=0;Sampled=0",
            "Content-Type": "application/json",
        }
        self._send(self.server.events.get(), headers)

    def do_POST(self) -> None:
        """Take an answer or an error."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.put((self.path.rsplit("/", 1)[-1], body))
        self._send(b"{}", {})

    def _send(self, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@dataclass(frozen=True)
class Start:
    """A cold start: seconds from the process's start to its answer, and processor seconds, which other load spares."""

    elapsed: float
    processor: float


@dataclass(frozen=True)
class Package:
    """A function to start: the folder its zip is extracted to, its handler, and the zip's size in bytes."""

    folder: Path
    handler: str
    size: int


class Bed:
    """Where packages start: their folders, the runtime's modules, and a Runtime API."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._modules = packages.runtime_modules(folder)

    def function(self, archive: Path) -> Package:
        """Extract a built package."""
        target = self._folder / archive.stem
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(target)
        return Package(target, f"{archive.stem}.handler.handler", archive.stat().st_size)

    def single_file(self, source: Path) -> Package:
        """Pack a function that is one file."""
        target = self._folder / source.stem
        target.mkdir()
        (target / source.name).write_bytes(source.read_bytes())
        archive = target.with_suffix(".zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
            opened.write(source, source.name)
        return Package(target, f"{source.stem}.handler", archive.stat().st_size)

    def start(self, package: Package, event: Any) -> Start:
        """Start a process, let it answer one event, end it."""
        api = RuntimeApi()  # one for each process, as an ended one may still wait for the next event
        api.events.put(json.dumps(event).encode())
        address = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}"}
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-S", "-B", "-c", _START, package.handler],
            env={**self._variables(package), **address},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        kind, answer = api.answers.get(timeout=60)
        taken = time.perf_counter() - started
        process.kill()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        api.shutdown()
        api.server_close()
        if kind != "response":
            raise RuntimeError(f"{package.handler} failed: {answer[:500]!r}")
        return Start(taken, usage.ru_utime + usage.ru_stime)

    def import_times(self, package: Package) -> dict[str, float]:
        """Answer, for each module, the seconds that importing the handler spends in it itself (-X importtime)."""
        module = package.handler.rpartition(".")[0]
        command = [sys.executable, "-S", "-B", "-X", "importtime", "-c", f"import {module}"]
        run = subprocess.run(command, env=self._variables(package), capture_output=True, text=True, check=True)
        times: dict[str, float] = defaultdict(float)
        for line in run.stderr.splitlines():
            parts = line.removeprefix("import time:").split("|")
            if len(parts) == 3 and parts[0].strip().isdigit():
                times[parts[2].strip()] += int(parts[0]) / 1e6
        return times

    def _variables(self, package: Package) -> dict[str, str]:
        return {
            **self._environment,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{package.folder}{os.pathsep}{self._modules}",
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "LAMBDA_TASK_ROOT": str(package.folder),
        }


@contextmanager
def bed(environment: Mapping[str, str]) -> Iterator[Bed]:
    """Make a bed in a folder that goes when it is left."""
    with tempfile.TemporaryDirectory() as folder:
        yield Bed(Path(folder), environment)


def own_modules() -> set[str]:
    """Answer the names of our own top-level packages."""
    return {path.name for path in FUNCTIONS.iterdir() if path.is_dir()}
