"""The definition of Kinesis: moto answers it, with corrections."""

from werkzeug import Request, Response

from local_aws.http.parameters import read_limit
from local_aws.http.responses import json_response
from local_aws.kinesis.newest_records import describe_streams, find_records
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Answer `/_local/records`: the newest records of every stream; with `?value=TEXT`, those whose JSON holds it."""
    return RunningService(administration={"records": _records})


def _records(request: Request) -> Response:
    limit = read_limit(request, 50)
    if value := request.args.get("value"):
        return json_response({"records": find_records(value, limit)})
    return json_response({"streams": describe_streams(limit)})


SERVICE = Service("kinesis", start, corrections=("local_aws.kinesis.moto_corrections", "local_aws.kinesis.retention"))
