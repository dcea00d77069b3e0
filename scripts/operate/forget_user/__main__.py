"""Remove a visitor from raw events, answers to queries, imported data, history, dead letters and Personalize.

If it is interrupted, the same command continues. When a second look finds nothing more, it writes a receipt, which says
what was done and what remains, and does not name the visitor. Personalize takes up to a day: with --no-wait this
command ends earlier, and a later one finishes.

Exit status: 0 if nothing is left that can be removed, 3 if something still is (it says what), 1 for a failure.
"""

import json
import sys
import time
import unicodedata
from collections.abc import Sequence

from rich.markup import escape

from animal_recommender.validation import MAX_ID_LENGTH, SESSION_PREFIX, is_placeholder, is_unicode
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, print_table
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.forget_user.receipt import Remains, find_remains, make_receipt
from scripts.operate.forget_user.removal import Removal

INCOMPLETE = 3


def forget(deployment: Deployment, user: str, wait: bool) -> int:
    """Remove the user; print and store the receipt. Return the exit code.

    Raises:
        TaskError: A step failed.
    """
    removal = Removal(deployment, user, time.sleep)
    if removal.resumed:
        console.print(f"Continuing the removal that began at {removal.state.started}.")
    if pending := removal.run(wait):
        console.print(f"[bold]Not complete[/bold]: {pending} Run the same command later: it finishes.")
        return INCOMPLETE
    remains = find_remains(deployment, removal)
    location = store_receipt(deployment, removal, remains)
    print_table("Removed", ["what", "how many"], [(what, f"{count:,}") for what, count in removal.state.counts.items()])
    print_table("Not to be removed", ["what", "until"], [[escape(cell) for cell in one] for one in remains])
    console.print(f"Receipt: {location}", soft_wrap=True)
    _warn_of_other_form(user)
    return INCOMPLETE if removal.person.unclear else 0


def check_user(user: str) -> str:
    """Return the id, if an event can have it.

    Raises:
        TaskError: It cannot, or the id is one that a shell or a file may have spoilt.
    """
    if not user.strip():  # make itself cuts the spaces off the front of a value
        raise TaskError(f"the user's id is empty or has only spaces: give the 1 to {MAX_ID_LENGTH} characters of an id")
    if len(user) > MAX_ID_LENGTH:
        raise TaskError(f"the user's id must have 1 to {MAX_ID_LENGTH} characters, as in every event")
    if not is_unicode(user) or any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in user):
        raise TaskError("the user's id has a line break or another control character: give the id alone")
    if is_placeholder(user):
        raise TaskError("the user's id is a placeholder for a missing value: such events belong to no user")
    if user.startswith(SESSION_PREFIX):
        raise TaskError(f"no user's id begins with {SESSION_PREFIX}: that is how Personalize gets sessions")
    return user


def _warn_of_other_form(user: str) -> None:
    """Say that an id with accents may exist in another form, which looks the same and is another id."""
    if len({unicodedata.normalize(form, user) for form in ("NFC", "NFD")}) > 1:
        form = "NFC" if unicodedata.is_normalized("NFC", user) else "NFD"
        console.print(f"This id is in Unicode form {form}. If events have the other form, run it for that one, too.")


def store_receipt(deployment: Deployment, removal: Removal, remains: list[Remains]) -> str:
    """Write the receipt, then remove the files that name the user; return the receipt's S3 URL."""
    receipt = make_receipt(deployment, removal, remains)
    text = json.dumps(receipt, indent=2, ensure_ascii=False)
    location = removal.journal.write(f"receipt-{receipt['started']}.json", text, "application/json")
    removal.journal.remove_all_but_receipts()
    return location


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("forget_user", __doc__)
    parser.add_argument("--user", required=True, metavar="ID", help="the user's id, as in the events")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for Personalize and Firehose")
    given = parser.parse_args(arguments)

    def run() -> int:
        user = check_user(given.user)  # before anything is asked of AWS
        return forget(connect(given.environment), user, not given.no_wait)

    return run_task(run)


if __name__ == "__main__":
    sys.exit(main())
