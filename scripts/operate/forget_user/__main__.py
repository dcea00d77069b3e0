"""Remove a visitor from raw events, answers to queries, imported data, history, dead letters and Personalize.

If it is interrupted, the same command continues. At the end it writes a receipt, which says what was done and does not
name the visitor. Personalize takes up to a day: with `--no-wait` this command ends earlier, and a later one finishes.
"""

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, print_table
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.forget_user.removal import Removal

REMAINING = (
    "The Kinesis stream keeps events until its retention ends, Firehose its buffer for up to 15 minutes: if the user "
    "was active today, run this again tomorrow.",
    "Models keep what they learnt until the next training (make retrain).",
    "Point-in-time recovery of the history table reaches back up to 35 days.",
    "Copies outside AWS, such as the files that the seed was uploaded from, are yours to clean.",
)


def forget(deployment: Deployment, user: str, wait: bool) -> None:
    """Remove the user; print and store the receipt.

    Raises:
        TaskError: The id is not one that events can have, or a step failed.
    """
    if not 1 <= len(user) <= 256:
        raise TaskError("--user must have 1 to 256 characters, as every user id")
    removal = Removal(deployment, user, time.sleep)
    if removal.resumed:
        console.print(f"Continuing the removal that began at {removal.state.started}.")
    receipt = removal.run(wait)
    if receipt is None:
        console.print("Personalize is still deleting. Run the same command later: it finishes and writes the receipt.")
        return
    location = store_receipt(removal, receipt)
    print_table("Removed", ["what", "how many"], [(what, f"{number:,}") for what, number in receipt["counts"].items()])
    console.print(f"Receipt: {location}")


def store_receipt(removal: Removal, receipt: dict[str, Any]) -> str:
    """Write the receipt, then remove the files that name the user; return the receipt's S3 URL."""
    text = json.dumps(receipt | {"remaining": REMAINING}, indent=2)
    location = removal.journal.write(f"receipt-{receipt['finished']}.json", text, "application/json")
    for name in ("users.csv", "journal.json"):
        removal.journal.remove(name)
    return location


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("forget_user", __doc__)
    parser.add_argument("--user", required=True, metavar="ID", help="the user's id, as in the events")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for Personalize")
    given = parser.parse_args(arguments)
    return run_task(lambda: forget(connect(given.environment), given.user, not given.no_wait))


if __name__ == "__main__":
    sys.exit(main())
