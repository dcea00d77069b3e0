"""AWS clients, each made once, at init.

botocore alone is used, since importing boto3 on top costs every cold start 17 ms and gives these functions nothing.
"""

import os
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

_SERVICES = [
    "cloudwatch",
    "dynamodb",
    "personalize",
    "personalize-events",
    "personalize-runtime",
    "s3",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
]


class _Loader(Loader):
    """Knows which services are used; botocore's own looks through the folders of all 400, 10 ms of each cold start."""

    def list_available_services(self, type_name: str) -> list[str]:
        return _SERVICES


_session = botocore.session.get_session()
_session.register_component("data_loader", _Loader())
# Fixed, since botocore otherwise makes a string of fourteen parts anew for every request, a tenth of its own time.
_USER_AGENT = f"animal-recommender Botocore/{botocore.__version__}"


@cache
def client(
    service: str, *, connect_timeout: float = 1.0, read_timeout: float = 5.0, attempts: int = 3, connections: int = 10
) -> Any:
    """Answer the botocore client of `service`; the same arguments give the same client.

    Timeouts are seconds for one attempt; `attempts` counts the first one too; `connections` is how many
    requests may be under way at a time. Credentials, region and endpoint come from the environment.
    """
    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=connections,
        tcp_keepalive=True,
        user_agent=_USER_AGENT,
    )
    return _session.create_client(service, region_name=os.environ.get("AWS_REGION"), config=config)
