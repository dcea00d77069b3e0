"""AWS clients, each made once, at init.

botocore alone is used, since importing boto3 on top costs every cold start 17 ms and gives these functions nothing.
"""

import os
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

_session = botocore.session.get_session()


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
    )
    return _session.create_client(service, region_name=os.environ.get("AWS_REGION"), config=config)
