"""The definition of CloudWatch Logs: moto answers it, with corrections."""

from werkzeug import Request, Response

from local_aws.http.parameters import read_limit
from local_aws.http.responses import json_response
from local_aws.logs.newest_events import list_groups, newest_events
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Answer `/_local/logs`: the groups; with `?group=NAME`, the newest events of one."""
    return RunningService(administration={"logs": _logs})


def _logs(request: Request) -> Response:
    name = request.args.get("group")
    if name is None:
        return json_response({"groups": list_groups()})
    events = newest_events(name, read_limit(request, 100))
    if events is None:
        return json_response({"message": f"there is no log group {name}"}, 404)
    return json_response({"group": name, "events": events})


SERVICE = Service("logs", start, corrections=("local_aws.logs.moto_corrections", "local_aws.logs.retention"))
