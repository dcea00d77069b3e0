"""Credentials of roles: whoever acts in the local AWS acts as the role it was given, as on AWS."""

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

# Calls within one process on one machine: retries would only hide a fault.
_CLIENT_CONFIG = Config(
    retries={"total_max_attempts": 2, "mode": "standard"},
    max_pool_connections=50,
    connect_timeout=5,
    read_timeout=900,
    s3={"addressing_style": "path"},
)
_DUMMY = "local"
_lock = threading.Lock()
_clients_lock = threading.Lock()
_clients: dict[tuple[Any, ...], Any] = {}


@dataclass(frozen=True)
class Credentials:
    """What signs a request; the token is absent for the server's own identity."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None


OWN = Credentials(_DUMMY, _DUMMY, None)


def role_credentials(role_arn: str | None, region: str, session: str) -> Credentials:
    """Return temporary credentials of a role, or the server's own when there is no such role.

    Args:
        session: role session name; Lambda uses the function's name.
    """
    if not role_arn or not role_exists(role_arn, region):
        return OWN
    backend = sts_backends[role_arn.split(":")[4]][get_partition(region)]
    with _lock:
        role = backend.assume_role(
            region_name=region,
            role_session_name=session[:64],
            role_arn=role_arn,
            policy="",
            duration=43200,
            external_id="",
        )
    return Credentials(role.access_key_id, role.secret_access_key, role.session_token)


def client(
    service: str,
    region: str,
    endpoint: str,
    role_arn: str | None = None,
    session: str = "local",
    config: Config = _CLIENT_CONFIG,
) -> Any:
    """Return a boto3 client that acts as the role (or as the server itself); made once, for making one is slow."""
    key = (service, region, endpoint, role_arn, session, id(config))
    with _clients_lock:
        if key not in _clients:
            _clients[key] = _new_client(service, region, endpoint, role_credentials(role_arn, region, session), config)
        return _clients[key]


def _new_client(service: str, region: str, endpoint: str, credentials: Credentials, config: Config) -> Any:
    return _session().client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
        config=config,
    )


@cache
def _session() -> boto3.session.Session:
    """One session: it keeps the service models it has read."""
    return boto3.session.Session()


def role_exists(role_arn: str, region: str) -> bool:
    """Whether there is a role of that ARN."""
    try:
        iam_backends[role_arn.split(":")[4]][get_partition(region)].get_role_by_arn(role_arn)
    except (NotFoundException, IndexError):
        return False
    return True


def may_be_assumed(role_arn: str, region: str) -> bool:
    """Whether a service can act as the role. While an account has no roles, IAM is not in use and any role will do."""
    account = role_arn.split(":")[4]
    return not iam_backends[account][get_partition(region)].roles or role_exists(role_arn, region)
