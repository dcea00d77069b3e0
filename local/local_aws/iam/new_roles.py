"""New roles: on AWS a role cannot be assumed for some seconds after its creation, because IAM is eventually consistent.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

import os
import time
from datetime import UTC
from functools import cache

from moto.iam.models import Role

SETTING = "LOCAL_NEW_ROLE_SECONDS"


def is_too_new(role: Role) -> bool:
    """Whether a role cannot be assumed yet. LOCAL_NEW_ROLE_SECONDS in the environment says how long; default: 0."""
    return time.time() - role.create_date.replace(tzinfo=UTC).timestamp() < _seconds()


@cache
def _seconds() -> float:
    return float(os.environ.get(SETTING) or 0)
