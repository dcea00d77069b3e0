"""Find servers of the local AWS among the processes of this machine.

The process table is the record of what runs: unlike a file with a process id, it is never stale or damaged, and it has
the port that a server was started with.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAM = ("-m", "local_aws", "serve")  # follows the Python of the server's command line
_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class ServerProcess:
    """A running server: its process id, port and data folder."""

    pid: int
    port: int
    data: Path


def command_arguments(port: int, data: Path) -> list[str]:
    """Return the arguments of Python that start a server; `find_server` recognises a process by them."""
    return [*PROGRAM, "--port", str(port), "--data-dir", str(data)]


def find_server(data: Path) -> ServerProcess | None:
    """Return the running server that has this data folder, or None."""
    wanted = data.resolve()
    return next((server for server in list_servers() if server.data.resolve() == wanted), None)


def list_servers() -> Iterator[ServerProcess]:
    """Yield all running servers that were started as `command_arguments` says."""
    for pid, words in _command_lines():
        server = _parse(pid, words)
        if server is not None:
            yield server


def is_listening(port: int) -> bool:
    """Return whether any program accepts connections at this port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _parse(pid: int, words: Sequence[str]) -> ServerProcess | None:
    """Return the server of a command line, or None if it is another program."""
    match list(words[1:]):
        case ["-m", "local_aws", "serve", "--port", port, "--data-dir", data] if port.isdecimal():
            return ServerProcess(pid, int(port), Path(data))
        case _:
            return None


def _command_lines() -> Iterator[tuple[int, list[str]]]:
    """Yield process ids and command lines, from /proc or, on macOS, from ps."""
    if not (_PROCESSES / "self" / "cmdline").exists():
        yield from _command_lines_of_ps()
        return
    for folder in _PROCESSES.iterdir():
        if folder.name.isdecimal():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:  # it has ended in the meantime, or belongs to somebody else
                continue
            yield int(folder.name), command.decode(errors="surrogateescape").rstrip("\0").split("\0")


def _command_lines_of_ps() -> Iterator[tuple[int, list[str]]]:
    """Yield what ps shows. It joins arguments with spaces; only the last one, the data folder, may have spaces."""
    shown = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False).stdout
    for line in shown.splitlines():
        pid, _, command = line.strip().partition(" ")
        program, found, rest = command.partition(f" {' '.join(PROGRAM)} ")
        if found:
            yield int(pid), [program, *PROGRAM, *rest.split(" ", 3)]
