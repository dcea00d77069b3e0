"""Wait until a new IAM role can be used everywhere (`wait`).

IAM is eventually consistent, and the registry types of CloudFormation do not try again: a dataset group whose role
cannot be assumed yet fails for good. So this waits until the role has a certain age. An older role is not waited for.

Environment: ROLE_NAME and READY_AFTER_SECONDS (0: do not wait).
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from scripts.common.personalize import RETRYING
from scripts.provision import inputs
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient


def wait(
    iam: "IAMClient",
    role_name: str,
    ready_after: float,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until the role is `ready_after` seconds old."""
    created = iam.get_role(RoleName=role_name)["Role"]["CreateDate"].timestamp()
    # Also if the clock here is behind that of AWS, the whole time is enough.
    left = min(created + ready_after - clock(), ready_after)
    if left > 0:
        print(f"role {role_name} is new: waiting {left:.0f} s until Amazon Personalize can use it", flush=True)
        sleep(left)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The environment."""

    role_name: str
    ready_after_seconds: float


def _run_wait() -> None:
    given = inputs.read(Inputs)
    wait(boto3.client("iam", config=RETRYING), given.role_name, given.ready_after_seconds)


if __name__ == "__main__":
    sys.exit(run_action("new_role", __doc__, {"wait": _run_wait}))
