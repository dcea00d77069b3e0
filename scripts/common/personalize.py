"""What the scripts that Terraform runs on Amazon Personalize share: a client, polling with progress, clear failures.

Each script may be interrupted at any moment and run again: it looks at what exists and goes on from there.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    from scripts.common.task import TaskError
except ImportError as missing:
    sys.exit(
        f"{missing.name} is not installed for {sys.executable}: run `make setup`, then let Terraform use "
        "<repository>/.venv/bin/python (variable `python`), or activate .venv."
    )

ACTIVE = "ACTIVE"
CREATING = ("CREATE PENDING", "CREATE IN_PROGRESS")
STOPPING = "CREATE STOPPING"
DELETING = ("DELETE PENDING", "DELETE IN_PROGRESS")
UNDER_WAY = (*CREATING, STOPPING, *DELETING)

NOT_FOUND = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"

Resource = dict[str, Any]  # an answer of DescribeX, unwrapped


@dataclass
class Poll:
    """Asks again and again, each time after a longer pause, and says on standard output what it sees.

    Seconds everywhere. `sleep` and `clock` can be replaced, so that a test does not wait.
    """

    first: float = 0.5
    longest: float = 30.0
    timeout: float = 24 * 3600.0
    growth: float = 1.5
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    say: Callable[[str], None] = lambda line: print(line, flush=True)
    _started: float | None = field(default=None, init=False)

    def settled(self, label: str, describe: Callable[[], Resource | None]) -> Resource | None:
        """Waits until `describe` answers None or a resource whose status is none of UNDER_WAY; returns that answer.

        Raises TaskError after `timeout`.
        """
        return self.until(label, describe, lambda found: found is None or found["status"] not in UNDER_WAY)

    def settled_with_update(self, label: str, describe: Callable[[], Resource | None], update: str) -> Resource | None:
        """As `settled`, and until the latest update has ended: `update` is its key, absent before the first one."""
        resource = self.settled(label, describe)
        if resource is None or update not in resource:
            return resource
        self.settled(f"update of {label}", lambda: (describe() or {}).get(update))
        return describe()

    def until(
        self, label: str, describe: Callable[[], Resource | None], done: Callable[[Resource | None], bool]
    ) -> Resource | None:
        """Waits until `done` holds for what `describe` answers; returns that. Raises TaskError after `timeout`."""
        began, pause, told = self.clock(), self.first, ("", 0.0)
        while True:
            found = describe()
            status = "not there" if found is None else found["status"]
            if status != told[0] or self.clock() - told[1] >= 60:
                self.report(f"{label}: {status}")
                told = (status, self.clock())
            if done(found):
                return found
            if self.clock() - began > self.timeout:
                raise TaskError(
                    f"{label} is still {status} after {self.timeout:.0f} s. It goes on by itself; run this again to "
                    "wait for it."
                )
            self.sleep(pause)
            pause = min(pause * self.growth, self.longest)

    def accepted(self, label: str, call: Callable[[], Resource]) -> Resource:
        """Makes `call` until the service no longer answers that something else on the resource is under way."""
        answers: list[Resource] = []

        def attempt() -> Resource:
            try:
                answers.append(call())
            except ClientError as refusal:
                if code(refusal) != IN_USE:
                    raise
                return {"status": f"waiting: {message(refusal)}"}
            return {"status": "accepted"}

        self.until(label, attempt, lambda _: bool(answers))
        return answers[0]

    def report(self, line: str) -> None:
        """One line of progress, with the time since the first one."""
        if self._started is None:
            self._started = self.clock()
        minutes, seconds = divmod(int(self.clock() - self._started), 60)
        self.say(f"[{minutes:02d}:{seconds:02d}] {line}")


def client(service: str = "personalize") -> Any:
    """A client for the region and endpoint of the environment, which retries throttling and server errors."""
    return boto3.client(service, config=Config(retries={"mode": "standard", "total_max_attempts": 10}))


def code(error: ClientError) -> str:
    """The service's name of the error."""
    return error.response.get("Error", {}).get("Code", "")


def message(error: ClientError) -> str:
    """The service's own words."""
    return error.response.get("Error", {}).get("Message", "") or code(error)


def found(describe: Callable[[], Resource]) -> Resource | None:
    """What `describe` answers, or None if the service knows no such resource."""
    try:
        return describe()
    except ClientError as error:
        if code(error) == NOT_FOUND:
            return None
        raise


def listed(pages: Iterable[Resource], kind: str) -> list[Resource]:
    """Everything under `kind` in the pages of a list; nothing if the service does not know what they are listed of."""
    answer = found(lambda: {kind: [one for page in pages for one in page[kind]]})
    return answer[kind] if answer else []


def solution_versions(personalize: Any, solution_arn: str) -> list[Resource]:
    """Summaries of the solution's versions, newest first; none if there is no such solution."""
    pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=solution_arn)
    versions = listed(pages, "solutionVersions")
    return sorted(versions, key=lambda version: version["creationDateTime"], reverse=True)


def newest_active_version(personalize: Any, solution_arn: str) -> str | None:
    """The ARN of the newest solution version that can serve."""
    active = (one for one in solution_versions(personalize, solution_arn) if one["status"] == ACTIVE)
    return next((one["solutionVersionArn"] for one in active), None)


def failure(label: str, resource: Resource) -> TaskError:
    """An error that says why the service gave up on `resource`."""
    reason = resource.get("failureReason") or "the service gave no failureReason"
    return TaskError(f"{label} is {resource['status']}: {reason}")


def add_poll_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds how long and how often to look; the environment's defaults suit both a real account and a local AWS."""
    seconds = {"type": float, "metavar": "SECONDS"}
    parser.add_argument(
        "--first-poll",
        default=float(os.environ.get("PERSONALIZE_FIRST_POLL_SECONDS", Poll.first)),
        help="first pause between two looks; each is half as long again (default: %(default)s, or "
        "PERSONALIZE_FIRST_POLL_SECONDS)",
        **seconds,
    )
    parser.add_argument(
        "--longest-poll",
        default=float(os.environ.get("PERSONALIZE_LONGEST_POLL_SECONDS", Poll.longest)),
        help="longest pause (default: %(default)s, or PERSONALIZE_LONGEST_POLL_SECONDS)",
        **seconds,
    )
    parser.add_argument("--timeout", default=Poll.timeout, help="give up waiting (default: %(default)s)", **seconds)


def poll(arguments: argparse.Namespace) -> Poll:
    """The Poll that the command line asks for."""
    return Poll(first=arguments.first_poll, longest=arguments.longest_poll, timeout=arguments.timeout)


def run(task: Callable[[], None]) -> int:
    """Runs a command's task; an exit code. What failed goes to standard error, in words that name the way on."""
    try:
        task()
    except TaskError as error:
        return _failed(str(error))
    except ClientError as error:
        return _failed(f"{error.operation_name}: {code(error)}: {message(error)}")
    except BotoCoreError as error:
        return _failed(f"{error} (region and credentials come from the environment)")
    except KeyboardInterrupt:
        return _failed("interrupted; run this again and it goes on from here")
    return 0


def _failed(words: str) -> int:
    print(f"error: {words}", file=sys.stderr, flush=True)
    return 1
