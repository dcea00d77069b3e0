"""Access logs of HTTP APIs: one line for each request, in the stage's format.

Source: "Customize HTTP API access logs", API Gateway developer guide.
"""

import json
import re
import time
from collections.abc import Mapping

from moto.logs.models import logs_backends

_VARIABLE = re.compile(r"\$context\.([\w.]+\w)")
_STREAM = "access"


def format_line(form: str, values: Mapping[str, object]) -> str:
    """Fill in a format; a variable without a value becomes `-`. Values are escaped: most formats are JSON."""
    return _VARIABLE.sub(lambda found: json.dumps(str(values.get(found[1], "-")), ensure_ascii=False)[1:-1], form)


def write_line(group_arn: str, text: str) -> None:
    """Add a line to a log group. API Gateway checks the permission only when the stage is created.

    Raises:
        KeyError: the group does not exist any more.
    """
    region, account, group = group_arn.split(":")[3], group_arn.split(":")[4], group_arn.split(":")[6]
    backend = logs_backends[account][region]
    if _STREAM not in backend.groups[group].streams:
        backend.create_log_stream(group, _STREAM)
    backend.put_log_events(group, _STREAM, [{"timestamp": int(time.time() * 1000), "message": text}])
