"""Run an operator's command and end its process with SIGKILL at one of its writes: no `finally`, no cleaning up.

`python -m tests.integration.scripts.operate.killed_command MOMENT NUMBER COMMAND …` kills it before or after (MOMENT)
the write of that number.
"""

import os
import runpy
import signal
import sys
from itertools import count
from typing import Any

import botocore

WRITES = {
    *("PutObject", "DeleteObject", "DeleteObjects", "BatchWriteItem"),
    *("DeleteMessageBatch", "SendMessage", "CreateDataDeletionJob"),
}


def main() -> None:
    """Run the command."""
    moment, number, command, *arguments = sys.argv[1:]
    writes = count(1)

    def kill(model: Any, **_: Any) -> None:
        if model.name in WRITES and next(writes) == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    botocore.register_initializer(lambda session: session.register(f"{moment}-call", kill))
    sys.argv = [command, *arguments]
    runpy.run_module(f"scripts.operate.{command}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
