"""The lines that a function's process prints, by invocation."""

import os
import select
import threading
from collections.abc import Callable


class ProcessOutput:
    """Reads the output pipe of one process, so that it never fills, and returns the lines on demand."""

    def __init__(self, descriptor: int, on_end: Callable[[], None]) -> None:
        """Start reading.

        Args:
            descriptor: the pipe's read end; closed when the process ends.
            on_end: called once from the reading thread when the process has closed its end.
        """
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._on_end = on_end
        self._lock = threading.Lock()
        self._chunks: list[bytes] = []
        self._ended = False
        threading.Thread(target=self._read_until_end, daemon=True).start()

    def take(self) -> list[str]:
        """Return the lines printed since the last call.

        What a process printed before its response is already in the pipe when the response arrives.
        """
        with self._lock:
            self._drain()
            text = b"".join(self._chunks).decode("utf-8", "replace")
            self._chunks.clear()
        return text.splitlines()

    def _read_until_end(self) -> None:
        readable = select.poll()
        readable.register(self._descriptor, select.POLLIN)
        while not self._ended:
            readable.poll()
            with self._lock:
                self._drain()
        self._on_end()
        with self._lock:
            os.close(self._descriptor)
            self._descriptor = -1

    def _drain(self) -> None:
        while not self._ended:
            try:
                chunk = os.read(self._descriptor, 65536)
            except BlockingIOError:
                return
            if chunk:
                self._chunks.append(chunk)
            else:
                self._ended = True
