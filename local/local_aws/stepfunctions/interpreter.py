"""How moto's interpreter of state machines calls AWS: through this server, as the state machine's own role."""

import logging
import sys
import threading
from typing import Any

from botocore.config import Config
from moto.core.exceptions import ServiceException

from local_aws import registry
from local_aws.iam.access_denied import RefusedError
from local_aws.iam.actors import taking
from local_aws.iam.authorization import Guard
from local_aws.iam.credentials import client
from local_aws.kms.key_usage import Use, key_arn
from local_aws.moto_patches.patching import wrap_method

# As AWS does it: what goes wrong is for the state machine's own Retry, and parameters are the service's to check.
_CONFIG = Config(
    parameter_validation=False,
    retries={"total_max_attempts": 1},
    max_pool_connections=50,
    connect_timeout=10,
    read_timeout=1000,
    s3={"addressing_style": "path"},
)


class StateMachines:
    """Makes moto's Step Functions ready, once: in the background, or when the first request comes before that."""

    def __init__(self, endpoint: str, guard: Guard) -> None:
        self._endpoint = endpoint
        self._guard = guard
        self._lock = threading.Lock()
        self._is_ready = False

    def prepare_in_background(self) -> None:
        """Begin to load the interpreter, which takes a second or two."""
        threading.Thread(target=self.prepare, daemon=True, name="state-machines").start()

    def prepare(self) -> None:
        """Return when the interpreter is loaded, corrected and connected."""
        with self._lock:
            if not self._is_ready:
                registry.correct_moto_for("stepfunctions")
                _connect(self._endpoint)
                _ask_for_keys(self._guard)
                self._is_ready = True


def _connect(endpoint: str) -> None:
    """Give the interpreter clients that are made once for each service and role.

    Cause: moto/stepfunctions/parser/asl/utils/boto_client.py makes a client for every task, which takes longer than the
    task; calls `localhost`, whatever host the server listens on; and acts as nobody in particular.
    """
    from moto.stepfunctions.parser.asl.utils import boto_client

    original = boto_client.boto_client_for
    # A failed execution is an answer, told by its status and history; the interpreter would print pages about it.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)

    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        machine = getattr(state_credentials, "state_machine_arn", "")
        actor = taking(state_credentials.role_arn, "states.amazonaws.com", machine, "states")
        return client(service, region, endpoint, actor, _CONFIG)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.") and getattr(module, "boto_client_for", None) is original:
            module.boto_client_for = boto_client_for  # type: ignore[attr-defined]


def _ask_for_keys(guard: Guard) -> None:
    """Let an encrypted state machine's own role use the key, or refuse the execution.

    Source: Step Functions developer guide, "Data at rest encryption in Step Functions".
    """
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    @wrap_method(StepFunctionsParserBackend, "start_execution")
    def start_execution(original: Any, self: StepFunctionsParserBackend, arn: str, *args: Any, **kw: Any) -> Any:
        machine = next((one for one in self.state_machines if one.arn == arn), None)
        name = (getattr(machine, "encryptionConfiguration", None) or {}).get("kmsKeyId")
        if machine and name and (key := key_arn(name, self.account_id, self.region_name)):
            context = {"kms:encryptioncontext:aws:states:statemachinearn": arn}
            uses = (Use(action, key, context) for action in ("kms:Decrypt", "kms:GenerateDataKey"))
            try:
                guard.act(taking(machine.roleArn, "states.amazonaws.com", arn, "states"), self.region_name, *uses)
            except RefusedError as refused:
                raise ServiceException("KmsAccessDeniedException", refused.message) from None
        return original(self, arn, *args, **kw)
