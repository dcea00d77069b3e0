"""The lines that a function's process prints, attributed to the invocation that printed them."""

import os
import select
import threading
from collections.abc import Callable


class ProcessOutput:
    """Reads one process's output pipe so that it never fills, and hands the lines over on demand."""

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
        threading.Thread(target=self._read_on, daemon=True).start()

    def take(self) -> list[str]:
        """Return all that was printed since the last call, line by line.

        What a process printed before it answered is already in the pipe when its answer arrives.
        """
        with self._lock:
            self._drain()
            text = b"".join(self._chunks).decode("utf-8", "replace")
            self._chunks.clear()
        return text.splitlines()

    def _read_on(self) -> None:
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
