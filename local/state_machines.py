"""How moto's interpreter of state machines calls AWS: through this server, as the state machine's own role."""

import logging
import sys
from typing import Any

from botocore.config import Config
from moto.stepfunctions.parser.asl.utils import boto_client

from local.identities import client

# As AWS does it: what goes wrong is for the state machine's own Retry, and parameters are the service's to check.
_CONFIG = Config(
    parameter_validation=False,
    retries={"total_max_attempts": 1},
    max_pool_connections=50,
    connect_timeout=10,
    read_timeout=1000,
    s3={"addressing_style": "path"},
)


def connect(endpoint: str) -> None:
    """Give the interpreter clients that are made once for each service and role.

    Cause: moto/stepfunctions/parser/asl/utils/boto_client.py makes a client for every task, which takes longer than the
    task; calls `localhost`, whatever host the server listens on; and acts as nobody in particular.
    """
    original = boto_client.boto_client_for
    # A failed execution is an answer, told by its status and history; the interpreter would print pages about it.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)

    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        role = getattr(state_credentials, "role_arn", None)
        return client(service, region, endpoint, role, "states", _CONFIG)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.") and getattr(module, "boto_client_for", None) is original:
            module.boto_client_for = boto_client_for  # type: ignore[attr-defined]
