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


def line(form: str, values: Mapping[str, object]) -> str:
    """Fill a format; a variable that has no value is `-`. Values are escaped: most formats put them in JSON strings."""
    return _VARIABLE.sub(lambda found: json.dumps(str(values.get(found[1], "-")), ensure_ascii=False)[1:-1], form)


def write(group_arn: str, text: str) -> None:
    """Add a line to a log group, for which API Gateway needs nobody's leave: it asks once, when the stage is made.

    Raises:
        an error of moto's when the group is gone.
    """
    region, account, group = group_arn.split(":")[3], group_arn.split(":")[4], group_arn.split(":")[6]
    backend = logs_backends[account][region]
    if _STREAM not in backend.groups[group].streams:
        backend.create_log_stream(group, _STREAM)
    backend.put_log_events(group, _STREAM, [{"timestamp": int(time.time() * 1000), "message": text}])
