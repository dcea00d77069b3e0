"""What a person may set about the local AWS, and its defaults."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 4566
DEFAULT_DATA_DIR = Path(".local/aws")
ACCOUNT_ID = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True)
class ServerSettings:
    """One server's place on the network and on the disk.

    Attributes:
        host: address to listen on.
        port: TCP port; 0 lets the system choose one.
        data_dir: holds extracted function packages and recorded mails; made when missing.
        account_id: the account that requests without credentials of their own act in (moto's own default).
        hosts: host names that requests may name, beside loopback addresses, `localhost` and those of HTTP APIs.
        region: the region of what the server makes by itself; requests carry their own.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    data_dir: Path = DEFAULT_DATA_DIR
    hosts: frozenset[str] = frozenset()
    account_id: str = ACCOUNT_ID
    region: str = REGION
