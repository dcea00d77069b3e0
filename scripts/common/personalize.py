"""What scripts share that call the control plane of Amazon Personalize: polling with progress, and failures."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.config import Config
from botocore.exceptions import ClientError

from animal_recommender.retraining.resource_status import ACTIVE, UNDER_WAY
from scripts.common.task import TaskError

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import SolutionVersionSummaryTypeDef

NOT_FOUND = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
LIMIT_EXCEEDED = "LimitExceededException"

# IAM is eventually consistent: a role that was made seconds ago cannot be assumed everywhere yet. The service has no
# error code of its own for that. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
_ROLE_NOT_READY = re.compile(r"cannot be assumed|unable to assume|not able to assume|insufficient privileges", re.I)
_ROLE_READY_SECONDS = 180.0

# For all clients of the scripts: throttling and server errors are retried.
RETRYING = Config(retries={"mode": "standard", "total_max_attempts": 10})

Answer = TypeVar("Answer")
Resource = TypeVar("Resource", bound=Mapping[str, Any])  # what DescribeX returns, unwrapped; it has a status


@dataclass
class Poll:
    """Looks at a resource again and again, after longer and longer pauses, and prints what it sees.

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

    def wait_until_settled(self, label: str, describe: Callable[[], Resource | None]) -> Resource | None:
        """Wait until `describe` returns None or a resource with a status that will not change by itself; return that.

        Raises:
            TaskError: The timeout has passed.
        """
        return self.wait_until(label, describe, lambda found: found is None or found["status"] not in UNDER_WAY)

    def wait_until_updated(self, label: str, describe: Callable[[], Resource | None], update: str) -> Resource | None:
        """Do as `wait_until_settled`, then wait until the latest update has ended too.

        `update` is the key of the update in the resource; it is absent before the first update.
        """
        resource = self.wait_until_settled(label, describe)
        if resource is None or update not in resource:
            return resource
        self.wait_until_settled(f"update of {label}", lambda: _member(describe(), update))
        return describe()

    def wait_until(
        self, label: str, describe: Callable[[], Resource | None], done: Callable[[Resource | None], bool]
    ) -> Resource | None:
        """Wait until `done` is true of what `describe` returns; return that.

        Raises:
            TaskError: The timeout has passed.
        """
        began, pause, reported = self.clock(), self.first, ("", 0.0)
        while True:
            found = describe()
            status = "not there" if found is None else found["status"]
            if status != reported[0] or self.clock() - reported[1] >= 60:
                self.report(f"{label}: {status}")
                reported = (status, self.clock())
            if done(found):
                return found
            if self.clock() - began > self.timeout:
                raise TaskError(
                    f"{label} is still {status} after {self.timeout:.0f} s. The service goes on; run this again to "
                    "wait for it."
                )
            self.sleep(pause)
            pause = min(pause * self.growth, self.longest)

    def retry_while_refused(
        self, label: str, call: Callable[[], Answer], refusals: Collection[str] = frozenset({IN_USE})
    ) -> Answer:
        """Make `call`, again as long as the service refuses it for a reason that passes by itself.

        `refusals` are the service's names of such errors. A role that cannot be assumed yet is one, too, for three
        minutes.

        Raises:
            TaskError: The timeout has passed.
            ClientError: The service refuses the call for another reason.
        """
        answers: list[Answer] = []
        began = self.clock()

        def attempt() -> dict[str, str]:
            try:
                answers.append(call())
            except ClientError as refusal:
                role_may_get_ready = is_role_not_ready(message(refusal)) and self.clock() - began < _ROLE_READY_SECONDS
                if code(refusal) not in refusals and not role_may_get_ready:
                    raise
                return {"status": f"waiting: {message(refusal)}"}
            return {"status": "accepted"}

        self.wait_until(label, attempt, lambda _: bool(answers))
        return answers[0]

    def retry_while_role_not_ready(self, label: str, run: Callable[[], Resource | None]) -> Resource | None:
        """Run a job to its end, and again for three minutes if it fails because its role cannot be assumed yet.

        Return what `run` returned last: the job as the service describes it, or None.
        """
        began, pause = self.clock(), self.first
        while True:
            job = run()
            reason = "" if job is None else str(job.get("failureReason") or "")
            if not is_role_not_ready(reason) or self.clock() - began >= _ROLE_READY_SECONDS:
                return job
            self.report(f"{label}: again, because of: {reason}")
            self.sleep(pause)
            pause = min(pause * self.growth, self.longest)

    def report(self, line: str) -> None:
        """Print one line of progress, with the time since the first one."""
        if self._started is None:
            self._started = self.clock()
        minutes, seconds = divmod(int(self.clock() - self._started), 60)
        self.say(f"[{minutes:02d}:{seconds:02d}] {line}")


def _member(resource: Mapping[str, Any] | None, key: str) -> Mapping[str, Any] | None:
    return None if resource is None else resource.get(key)


def is_role_not_ready(reason: str) -> bool:
    """Whether the service's words may mean a role that is too new to be assumed."""
    return _ROLE_NOT_READY.search(reason) is not None


def code(error: ClientError) -> str:
    """Return the service's name of the error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message(error: ClientError) -> str:
    """Return the service's own words."""
    return str(error.response.get("Error", {}).get("Message", "")) or code(error)


def find(describe: Callable[[], Answer]) -> Answer | None:
    """Return what `describe` returns, or None if the service knows no such resource."""
    try:
        return describe()
    except ClientError as error:
        if code(error) == NOT_FOUND:
            return None
        raise


def list_solution_versions(personalize: PersonalizeClient, solution_arn: str) -> list[SolutionVersionSummaryTypeDef]:
    """Return summaries of the solution's versions, newest first; none if there is no such solution."""
    pages = personalize.get_paginator("list_solution_versions").paginate(solutionArn=solution_arn)
    versions = find(lambda: [version for page in pages for version in page["solutionVersions"]])
    return sorted(versions or [], key=lambda version: version["creationDateTime"], reverse=True)


def find_newest_active_version(personalize: PersonalizeClient, solution_arn: str) -> str | None:
    """Return the ARN of the newest solution version that can serve, or None if there is none."""
    active = (one for one in list_solution_versions(personalize, solution_arn) if one["status"] == ACTIVE)
    return next((one["solutionVersionArn"] for one in active), None)


def failure(label: str, resource: Mapping[str, Any]) -> TaskError:
    """Return an error that says why the service gave up on `resource`."""
    reason = resource.get("failureReason") or "the service gave no failureReason"
    return TaskError(f"{label} is {resource['status']}: {reason}")
