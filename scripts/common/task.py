"""Run a command's task, and turn what can go wrong into a sentence for the person who ran it.

Every `python -m scripts.…` entry calls `run_task`, so that a failure has the same words and exit code everywhere.
"""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from animal_recommender.retraining.ledger import LedgerError
from scripts.common.terminal import print_error

FAILED = 1
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended


class TaskError(Exception):
    """A failure that the reader can act on; `run_task` prints its text without a stack trace."""


def run_task(
    task: Callable[[], int | None], interrupted: str = "Interrupted. Run it again: it continues from here."
) -> int:
    """Run `task` and return the exit code: the task's own, or 0 if it returns None.

    What a person can act on goes to standard error: TaskError, a damaged ledger, an error of AWS, a file that cannot be
    used, and Ctrl-C (`interrupted`). Anything else is a mistake in the program and is raised.
    """
    try:
        return task() or 0
    except KeyboardInterrupt:
        print_error(interrupted)
        return INTERRUPTED
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        print_error(message)
        return FAILED


def explain(error: Exception) -> str | None:
    """Return what a person should read about an error; None if it is a mistake in the program."""
    match error:
        case TaskError() | LedgerError():
            return str(error)
        case ClientError():
            details = error.response.get("Error", {})
            return f"{error.operation_name}: {details.get('Code')}: {details.get('Message')}"
        case BotoCoreError():
            return f"{error} (AWS credentials and region come from the environment)"
        case OSError(filename=str() as file) if error.strerror:
            return f"{file}: {error.strerror}"
        case _:
            return None
