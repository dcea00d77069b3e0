"""What the local AWS itself could not do, on standard error: a fault here must never be silent."""

import sys
import time
import traceback


def report(what: str, error: BaseException) -> None:
    """Print a fault with its traceback.

    Args:
        what: which part was at work on what.
    """
    lines = "".join(traceback.format_exception(error))
    print(f"{time.strftime('%H:%M:%S')} local AWS: {what}: {error!r}\n{lines}", file=sys.stderr, flush=True)
