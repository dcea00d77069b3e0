"""How far an execution is: what its history says of each state, in each iteration of a Map."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_STATE = re.compile(r"(\w+)State(Entered|Exited)")
_FAILED = re.compile(r"(LambdaFunction|Task|Activity)(Schedule|Start|Submit)?(Failed|TimedOut)|EvaluationFailed")
_SUCCEEDED = re.compile(r"(LambdaFunction|Task|Activity)Succeeded")
_RETRIED = re.compile(r"(LambdaFunction|Task|Activity)Scheduled")
_ITERATION = re.compile(r"MapIteration(Started|Succeeded|Failed|Aborted)")
_ITERATION_STATUS = {"Started": "running", "Succeeded": "succeeded", "Failed": "failed", "Aborted": "stopped"}
_END_STATUS = {"FAILED": "failed", "RUNNING": "running"}
_MOST_CHARACTERS = 4_000


@dataclass
class _Visit:
    """What happened to one state in one iteration, which may enter it many times; times in ISO 8601."""

    iteration: str
    name: str
    kind: str
    status: str = "running"
    visits: int = 0
    entered: str = ""
    exited: str | None = None
    result: str | None = None
    error: dict[str, str] | None = None
    next: dict[str, int] = field(default_factory=dict)


@dataclass
class _Iteration:
    """One iteration of a Map; `path` is that of its state machine's part, like `Each model:0`."""

    path: str
    parent: str
    map: str
    index: int
    label: str = ""
    status: str = "running"
    current: str = ""


@dataclass
class _Progress:
    visits: dict[tuple[str, str], _Visit] = field(default_factory=dict)
    iterations: dict[str, _Iteration] = field(default_factory=dict)
    # Of each event, by id: the iteration, and the state that it belongs to.
    places: dict[int, tuple[str, _Visit | None]] = field(default_factory=dict)

    def add(self, event: Mapping[str, Any]) -> None:
        path, visit = self.places.get(event["previousEventId"], ("", None))
        kind, details = event["type"], _details(event)
        if match := _ITERATION.fullmatch(kind):
            path, visit = self._iterate(match[1], path, visit, details)
        elif match := _STATE.fullmatch(kind):
            visit = self._enter(event, path, visit, match[1]) if match[2] == "Entered" else self._exit(event, path)
            path = visit.iteration if visit else path
        elif visit:
            _update(visit, kind, details)
        self.places[event["id"]] = path, visit

    def _iterate(self, what: str, path: str, visit: _Visit | None, details: Any) -> tuple[str, _Visit | None]:
        if what == "Started":
            inner = f"{path}/{details['name']}:{details['index']}".lstrip("/")
            self.iterations[inner] = _Iteration(inner, path, details["name"], details["index"])
            return inner, None
        ended = self.iterations.get(path)
        if ended is None:
            return path, visit
        ended.status = _ITERATION_STATUS[what]
        return ended.parent, self.visits.get((ended.parent, ended.map))

    def _enter(self, event: Mapping[str, Any], path: str, before: _Visit | None, kind: str) -> _Visit:
        details = _details(event)
        visit = self.visits.setdefault((path, details["name"]), _Visit(path, details["name"], kind))
        visit.visits += 1
        visit.entered, visit.exited, visit.status, visit.error = event["timestamp"], None, "running", None
        if before and before.iteration == path and before is not visit:
            before.next[visit.name] = before.next.get(visit.name, 0) + 1
        if iteration := self.iterations.get(path):
            iteration.current = visit.name
            iteration.label = iteration.label or _label(details.get("input"))
        return visit

    def _exit(self, event: Mapping[str, Any], path: str) -> _Visit | None:
        details = _details(event)
        while (visit := self.visits.get((path, details["name"]))) is None and path:
            path = path.rpartition("/")[0]
        if visit:
            visit.exited = event["timestamp"]
            visit.status = "caught" if visit.error else "succeeded"
            if visit.result is None:
                visit.result = _shortened(details.get("output"))
        return visit


def progress_of(events: Iterable[Mapping[str, Any]], status: str) -> dict[str, Any]:
    """Return the states that were entered, and the iterations of Map states, from a history.

    Args:
        events: as GetExecutionHistory returns them.
        status: of the execution.

    Each state: `iteration` (`""` outside of a Map), `name`, `kind` (Task, Choice …), `status` (running, succeeded,
    caught, failed, stopped), number of `visits`, `entered`, `exited`, `result` (JSON text), `error`, and how often
    which state came `next`. A label of an iteration is the name or id in its input.
    """
    progress = _Progress()
    for event in events:
        progress.add(event)
    open_parts: list[_Visit | _Iteration] = [*progress.visits.values(), *progress.iterations.values()]
    for one in open_parts:
        if one.status == "running":
            one.status = _END_STATUS.get(status, "stopped")
    return {
        "states": [vars(visit) for visit in progress.visits.values()],
        "iterations": [vars(iteration) for iteration in progress.iterations.values()],
    }


def _update(visit: _Visit, kind: str, details: Mapping[str, Any]) -> None:
    if _SUCCEEDED.fullmatch(kind):
        visit.result, visit.error = _shortened(details.get("output")), None
    elif _FAILED.fullmatch(kind):
        visit.error = {name: str(details.get(name) or "")[:_MOST_CHARACTERS] for name in ("error", "cause")}
    elif _RETRIED.fullmatch(kind):
        visit.error = None


def _details(event: Mapping[str, Any]) -> Any:
    return next((value for name, value in event.items() if name.endswith("EventDetails")), {})


def _shortened(text: str | None) -> str | None:
    return text if text is None or len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


def _label(text: str | None) -> str:
    try:
        document = json.loads(text or "")
    except ValueError:
        return ""
    if not isinstance(document, dict):
        return str(document)[:60]
    for part in (document, *document.values()):
        named = part.get("name") or part.get("id") if isinstance(part, dict) else None
        if isinstance(named, str):
            return named[:60]
    return ""
