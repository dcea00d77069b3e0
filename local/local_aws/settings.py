"""The settings of the server, and their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 4566
DEFAULT_DATA_DIR = Path(".local/aws")
ACCOUNT_ID = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True)
class ServerSettings:
    """The settings of one server.

    Attributes:
        host: address to listen on.
        port: TCP port; 0 lets the system choose one.
        data_dir: for extracted function packages and mails; created if missing.
        account_id: the account of requests without known credentials (moto's default).
        hosts: host names that requests may use, in addition to loopback addresses, `localhost` and those of HTTP APIs.
        login: URL of the example issuer of logins; None: there is none.
        site: path -> folder or file of a web site that is served at the endpoint.
        region: the region of what the server does without a request.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    data_dir: Path = DEFAULT_DATA_DIR
    hosts: frozenset[str] = frozenset()
    account_id: str = ACCOUNT_ID
    region: str = REGION
    login: str | None = None
    site: Mapping[str, Path] = field(default_factory=dict)
