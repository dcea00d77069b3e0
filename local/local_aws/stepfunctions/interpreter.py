"""Moto's interpreter of state machines: loaded late, and connected to this server with the state machine's role."""

import logging
import sys
import threading
from typing import Any

from botocore.config import Config
from moto.core.exceptions import ServiceException

from local_aws import registry
from local_aws.iam.access_denied import AccessDeniedError
from local_aws.iam.actors import assumed_role
from local_aws.iam.authorization import Authorizer
from local_aws.iam.credentials import client
from local_aws.iam.permission import Permission
from local_aws.kms.key_usage import key_arn
from local_aws.moto_patches.patching import wrap_method

# As on AWS: errors are for the state machine's own Retry, and the service validates the parameters.
_CONFIG = Config(
    parameter_validation=False,
    retries={"total_max_attempts": 1},
    max_pool_connections=50,
    connect_timeout=10,
    read_timeout=1000,
    s3={"addressing_style": "path"},
)


class InterpreterLoader:
    """Loads moto's interpreter once, at the first request, which takes one or two seconds."""

    def __init__(self, endpoint: str, authorizer: Authorizer) -> None:
        self._endpoint = endpoint
        self._authorizer = authorizer
        self._lock = threading.Lock()
        self._is_ready = False

    def prepare(self) -> None:
        """Load, correct and connect the interpreter, and return when it is ready."""
        with self._lock:
            if not self._is_ready:
                registry.correct_moto_for("stepfunctions")
                _use_cached_clients(self._endpoint)
                _authorize_keys(self._authorizer)
                self._is_ready = True


def _use_cached_clients(endpoint: str) -> None:
    """Make the interpreter use one client for each service and role.

    Cause: moto/stepfunctions/parser/asl/utils/boto_client.py makes a client for every task, which takes longer than the
    task; it calls `localhost`, even if the server listens on another host; and it uses no role.
    """
    from moto.stepfunctions.parser.asl.utils import boto_client

    original = boto_client.boto_client_for
    # Status and history describe a failed execution; the interpreter would log pages about it.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)

    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        machine = getattr(state_credentials, "state_machine_arn", "")
        actor = assumed_role(state_credentials.role_arn, "states.amazonaws.com", machine, "states")
        return client(service, region, endpoint, actor, _CONFIG)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.") and getattr(module, "boto_client_for", None) is original:
            module.boto_client_for = boto_client_for  # type: ignore[attr-defined]


def _authorize_keys(authorizer: Authorizer) -> None:
    """Require that the role of an encrypted state machine may use the key when an execution starts.

    Source: Step Functions developer guide, "Data at rest encryption in Step Functions".
    """
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    @wrap_method(StepFunctionsParserBackend, "start_execution")
    def start_execution(original: Any, self: StepFunctionsParserBackend, arn: str, *args: Any, **kw: Any) -> Any:
        machine = next((one for one in self.state_machines if one.arn == arn), None)
        name = (getattr(machine, "encryptionConfiguration", None) or {}).get("kmsKeyId")
        if machine and name and (key := key_arn(name, self.account_id, self.region_name)):
            context = {"kms:encryptioncontext:aws:states:statemachinearn": arn}
            permissions = (Permission(action, key, context) for action in ("kms:Decrypt", "kms:GenerateDataKey"))
            actor = assumed_role(machine.roleArn, "states.amazonaws.com", arn, "states")
            try:
                authorizer.require_with_keys(actor, self.region_name, *permissions)
            except AccessDeniedError as denied:
                raise ServiceException("KmsAccessDeniedException", denied.message) from None
        return original(self, arn, *args, **kw)
