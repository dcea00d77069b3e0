"""The definition of Step Functions: moto's interpreter, loaded in the background and connected to this server."""

from local_aws.service import Context, RunningService, Service
from local_aws.stepfunctions.interpreter import InterpreterLoader


def start(context: Context) -> RunningService:
    """Begin to load the interpreter; the first request waits for it."""
    loader = InterpreterLoader(context.endpoint, context.authorizer)
    loader.prepare_in_background()
    return RunningService(prepare_moto=loader.prepare)


SERVICE = Service(
    "stepfunctions",
    start,
    corrections=("local_aws.stepfunctions.moto_corrections", "local_aws.stepfunctions.retention"),
    # Loading moto's interpreter takes longer than everything else.
    corrects_late=True,
)
