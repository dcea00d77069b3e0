"""Credentials of roles and services, and clients that use them."""

import secrets
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from moto.iam import models as iam_models
from moto.sts.models import sts_backends

from local_aws.iam.actors import Actor, has_roles
from local_aws.iam.trust_policies import require_trust

# Calls within one process on one machine: more retries would only hide an error.
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
    """What signs a request; the server's own credentials, which are the administrator's, have no token."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None


SERVER_CREDENTIALS = Credentials(_DUMMY, _DUMMY, None)
_credentials: dict[Actor, Credentials] = {}
_actors: dict[str, Actor] = {}


def credentials(actor: Actor | None, region: str) -> Credentials:
    """Return an actor's credentials; the server's own without an actor, and in an account without any role.

    Raises:
        AccessDeniedError: the role does not exist, or its trust policy does not let the service assume it.
    """
    if actor is None or actor.is_administrator or not has_roles(actor.account):
        return SERVER_CREDENTIALS
    if actor.role_arn:
        require_trust(actor, region)
    with _lock:
        if actor not in _credentials:
            _credentials[actor] = _new_credentials(actor, region)
            _actors[_credentials[actor].access_key_id] = actor
        return _credentials[actor]


def actor_of_key(access_key_id: str) -> Actor:
    """Return who has an access key; the account's administrator for a key that IAM does not know."""
    found = _actors.get(access_key_id) or _assumed_by_call(access_key_id)
    # Looked up in its module on each call: a correction replaces the function.
    return found or Actor(iam_models.get_account_id_from(access_key_id))


def client(
    service: str, region: str, endpoint: str, actor: Actor | None = None, config: Config = _CLIENT_CONFIG
) -> Any:
    """Return a boto3 client for the actor, or for the server itself; cached, because making one is slow.

    Raises:
        AccessDeniedError: as for `credentials`.
    """
    signing = credentials(actor, region)
    key = (service, region, endpoint, signing.access_key_id, id(config))
    with _clients_lock:
        if key not in _clients:
            _clients[key] = _new_client(service, region, endpoint, signing, config)
        return _clients[key]


def _new_credentials(actor: Actor, region: str) -> Credentials:
    if not actor.role_arn:
        return Credentials(f"ASVC{secrets.token_hex(8).upper()}", secrets.token_hex(20), None)
    role = sts_backends[actor.account]["aws"].assume_role(
        region_name=region,
        role_session_name=actor.session,
        role_arn=actor.role_arn,
        policy="",
        duration=43200,
        external_id="",
    )
    return Credentials(role.access_key_id, role.secret_access_key, role.session_token)


def _assumed_by_call(access_key_id: str) -> Actor | None:
    """Find a session that a caller of STS got by AssumeRole."""
    if not access_key_id.startswith("ASIA"):
        return None
    for account, partitions in list(sts_backends.items()):
        for session in list(partitions["aws"].assumed_roles):
            if session.access_key_id == access_key_id:
                found = Actor(account, role_arn=session.role_arn, session=session.session_name)
                return _actors.setdefault(access_key_id, found)
    return None


def _new_client(service: str, region: str, endpoint: str, signing: Credentials, config: Config) -> Any:
    return _session().client(  # type: ignore[call-overload]
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=signing.access_key_id,
        aws_secret_access_key=signing.secret_access_key,
        aws_session_token=signing.session_token,
        config=config,
    )


@cache
def _session() -> boto3.session.Session:
    """Return the one session: it caches the service models that it has read."""
    return boto3.session.Session()
