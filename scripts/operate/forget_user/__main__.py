"""Removes a visitor: from raw events and answers to queries, imported data, history, dead letters and Personalize.

Interrupted anywhere, the same command goes on from there. At the end a receipt is written, which tells what was done
and names nobody. Personalize takes up to a day; `--no-wait` lets the command end before, and a later one finish.
"""

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from scripts.common.deployment import Deployment, parser, run
from scripts.common.task import TaskError
from scripts.common.terminal import console, table
from scripts.operate.forget_user.removal import Removal

REMAINING = (
    "The Kinesis stream keeps events until its retention ends, Firehose its buffer for up to 15 minutes: if the user "
    "was active today, run this again tomorrow.",
    "Models keep what they learnt until the next training (make retrain).",
    "Point-in-time recovery of the history table reaches back up to 35 days.",
    "Copies outside AWS, such as the files that the seed was uploaded from, are yours to clean.",
)


def forget(deployment: Deployment, user: str, wait: bool) -> None:
    """Removes the user, prints and keeps the receipt."""
    if not 1 <= len(user) <= 256:
        raise TaskError("--user must have 1 to 256 characters, as every user id")
    removal = Removal(deployment, user, time.sleep)
    if removal.resumed:
        console.print(f"Going on with the removal begun at {removal.state.started}.")
    receipt = removal.run(wait)
    if receipt is None:
        console.print("Personalize is still deleting. Run the same command later: it finishes and writes the receipt.")
        return
    where = finish(removal, receipt)
    table("Removed", ["what", "how many"], [(what, f"{number:,}") for what, number in receipt["counts"].items()])
    console.print(f"Receipt: {where}")


def finish(removal: Removal, receipt: dict[str, Any]) -> str:
    """Writes the receipt, then removes what named the user; the receipt's S3 URL."""
    text = json.dumps(receipt | {"remaining": REMAINING}, indent=2)
    where = removal.journal.write(f"receipt-{receipt['finished']}.json", text, "application/json")
    for name in ("users.csv", "journal.json"):
        removal.journal.remove(name)
    return where


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    line = parser("forget_user", __doc__)
    line.add_argument("--user", required=True, metavar="ID", help="the user's id, as the events carry it")
    line.add_argument("--no-wait", action="store_true", help="do not wait for Personalize")
    given = line.parse_args(arguments)
    return run(given.environment, lambda deployment: forget(deployment, given.user, not given.no_wait))


if __name__ == "__main__":
    sys.exit(main())
