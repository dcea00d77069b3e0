"""The definition of EventBridge Scheduler: moto keeps the schedules, a clock here fires them."""

from werkzeug import Request, Response

from local_aws.administration import name_in_path
from local_aws.events.targets import TargetInvoker
from local_aws.http.responses import json_response
from local_aws.scheduler.clock import Clock
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Start the clock of schedules and of rules with a schedule."""
    clock = Clock(context.require(TargetInvoker))
    return RunningService(administration={"schedules": lambda request: _schedules(clock, request)}, parts=(clock,))


def _schedules(clock: Clock, request: Request) -> Response:
    if request.method == "POST":
        fired = clock.fire(name_in_path(request))
        return json_response({"fired": fired}, 200 if fired else 404)
    return json_response({"schedules": clock.upcoming()})


SERVICE = Service("scheduler", start)
