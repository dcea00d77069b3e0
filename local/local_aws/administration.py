"""`/_local/`: what the local AWS tells of itself, and what tests may do to it."""

import json
import time
from importlib.metadata import version
from typing import Any

from werkzeug import Request, Response

from local_aws.awslambda.event_source_mappings import MappingPollers
from local_aws.awslambda.runtime import LambdaRuntime
from local_aws.faults import Faults
from local_aws.iam.access_records import Journal
from local_aws.personalize import PersonalizeApp
from local_aws.scheduler.clock import Clock
from local_aws.sns.mailbox import Mailbox

PREFIX = "/_local/"


class Administration:
    """Answers `/_local/health`, `functions`, `streams`, `schedules`, `mails`, `faults` and `personalize…`."""

    def __init__(
        self,
        runtime: LambdaRuntime,
        mappings: MappingPollers,
        faults: Faults,
        personalize: PersonalizeApp,
        mailbox: Mailbox,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._runtime = runtime
        self._mappings = mappings
        self._faults = faults
        self._personalize = personalize
        self._mailbox = mailbox
        self._clock = clock
        self._journal = journal
        self._started = time.time()

    def handle(self, request: Request) -> Response:
        """Answer one request; 404 for a path that is none of those above."""
        name, _, rest = request.path.removeprefix(PREFIX).partition("/")
        if name in ("faults", "personalize"):
            return self._faults.handle(request) if name == "faults" else self._personalize.introspect(request)
        answers = {
            "health": self._health,
            "functions": self._functions,
            "streams": self._streams,
            "schedules": self._schedules,
            "mails": self._mails,
            "access": self._access,
        }
        if name not in answers:
            return _json(
                {"message": f"no such path; there are {', '.join(sorted([*answers, 'faults', 'personalize']))}"}, 404
            )
        return answers[name](request.method, rest)

    def _health(self, method: str, rest: str) -> Response:
        services = {"lambda": "runtime", "personalize": "local", "cloudcontrol": "local", "others": "moto"}
        uptime = round(time.time() - self._started, 3)
        known = {"moto": version("moto"), "awslambdaric": version("awslambdaric")}
        return _json({"status": "ready", "version": known, "services": services, "uptimeSeconds": uptime})

    def _functions(self, method: str, name: str) -> Response:
        if method == "DELETE":
            return _json({"killed": self._runtime.kill(name or None)})
        return _json({"processes": self._runtime.processes()})

    def _streams(self, method: str, rest: str) -> Response:
        return _json({"lanes": self._mappings.standings()})

    def _schedules(self, method: str, name: str) -> Response:
        if method == "POST":
            fired = self._clock.fire(name)
            return _json({"fired": fired}, 200 if fired else 404)
        return _json({"schedules": self._clock.upcoming()})

    def _access(self, method: str, rest: str) -> Response:
        if method == "DELETE":
            self._journal.clear()
        return _json({"roles": self._journal.report()})

    def _mails(self, method: str, rest: str) -> Response:
        if method == "DELETE":
            self._mailbox.clear()
        return _json({"mails": self._mailbox.mails()})


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")
