"""The definition of Step Functions: moto's interpreter, loaded when it is needed and connected to this server."""

from werkzeug import Request, Response

from local_aws.administration import name_in_path
from local_aws.http.parameters import read_limit
from local_aws.http.responses import json_response
from local_aws.service import Context, RunningService, Service
from local_aws.stepfunctions.interpreter import InterpreterLoader


def start(context: Context) -> RunningService:
    """Answer `/_local/executions`. The first request loads the interpreter, which has a third of the memory."""
    loader = InterpreterLoader(context.endpoint, context.authorizer)
    return RunningService(
        administration={"executions": lambda request: _executions(loader, request)}, prepare_moto=loader.prepare
    )


def _executions(loader: InterpreterLoader, request: Request) -> Response:
    loader.prepare()
    # Imported here: it loads moto's interpreter.
    from local_aws.stepfunctions import executions

    arn = name_in_path(request)
    if not arn:
        return json_response({"stateMachines": executions.list_state_machines(read_limit(request, 20))})
    found = executions.describe_execution(arn)
    return json_response(found) if found else json_response({"message": f"there is no execution {arn}"}, 404)


SERVICE = Service(
    "stepfunctions",
    start,
    corrections=("local_aws.stepfunctions.moto_corrections", "local_aws.stepfunctions.retention"),
    # Loading moto's interpreter takes longer than everything else.
    corrects_late=True,
)
