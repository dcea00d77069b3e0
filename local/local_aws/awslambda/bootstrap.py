"""The program of a function's process: AWS's runtime client. It ends when the server ends.

It is started by path in an interpreter without site-packages, so it imports nothing of this project.
"""

import os
import signal
import sys
import threading


def _end_with_the_server() -> None:
    """Kill this process group when standard input closes: even a kill -9 of the server closes it."""
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    from awslambdaric.__main__ import main  # type: ignore[import-untyped]

    main(sys.argv)
