"""The definition of SQS: moto answers it, with corrections."""

from werkzeug import Request, Response

from local_aws.http.parameters import read_limit
from local_aws.http.responses import json_response
from local_aws.service import Context, RunningService, Service
from local_aws.sqs.dead_letters import dead_letter_queues


def start(context: Context) -> RunningService:
    """Answer `/_local/dead-letters`."""
    return RunningService(administration={"dead-letters": _dead_letters})


def _dead_letters(request: Request) -> Response:
    return json_response({"queues": dead_letter_queues(read_limit(request, 50))})


SERVICE = Service("sqs", start, corrections=("local_aws.sqs.moto_corrections", "local_aws.sqs.retention"))
