"""Stand-ins for AWS clients."""

from collections.abc import Mapping
from typing import Any


class FakeAws:
    """Gives the clients of a test by the service's name, as scripts.common.clients.AwsClients gives boto3's."""

    def __init__(self, clients: Mapping[str, Any]) -> None:
        self._clients = clients

    def client(self, service: str, read_timeout: float | None = None) -> Any:
        return self._clients[service]
