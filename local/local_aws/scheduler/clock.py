"""What fires by time: EventBridge Scheduler's schedules, and rules with a schedule expression."""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.events.models import Rule, events_backends
from moto.scheduler.models import Schedule, scheduler_backends

from local_aws.events import rules
from local_aws.events.targets import TargetCall, Targets
from local_aws.iam.actors import taking
from local_aws.kms.key_usage import Use, key_arn, via
from local_aws.scheduler.schedule_expressions import At, BadExpressionError, Rate, parse
from local_aws.trouble import report

_TICK_SECONDS = 0.25


@dataclass(frozen=True)
class Timed:
    """One thing that fires.

    Attributes:
        arn: of the schedule or rule.
        beginning: where the periods of a rate are counted from.
        fires_at_once: a rate of EventBridge Scheduler fires when it is made; a rule's one period later.
        ending: nothing fires after it.
        revision: changes when it is edited, so that its next time is computed anew.
        fire: does it.
        finish: what happens after the last time (ActionAfterCompletion).
    """

    arn: str
    name: str
    expression: str
    zone: str
    beginning: datetime
    fires_at_once: bool
    ending: datetime | None
    revision: tuple[Any, ...]
    fire: Callable[[], None]
    finish: Callable[[], None]


class Clock:
    """Watches every schedule and fires those whose time has come."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._closing = threading.Event()
        self._due: dict[tuple[str, tuple[Any, ...]], datetime | None] = {}
        self._thread = threading.Thread(target=self._tick_on, daemon=True, name="clock")
        self._thread.start()

    def fire(self, name: str) -> list[str]:
        """Fire the schedules and rules of a name now, enabled or not; returns their ARNs."""
        found = [timed for timed in self._all(enabled_only=False) if name in (timed.name, timed.arn)]
        for timed in found:
            timed.fire()
        return [timed.arn for timed in found]

    def upcoming(self) -> list[dict[str, Any]]:
        """Describe every enabled schedule: ARN, expression, and the time it fires next (ISO 8601, or None)."""
        return [
            {
                "arn": timed.arn,
                "name": timed.name,
                "expression": timed.expression,
                "next": due.isoformat() if (due := self._due.get((timed.arn, timed.revision))) else None,
            }
            for timed in self._all()
        ]

    def close(self) -> None:
        """Stop watching."""
        self._closing.set()
        self._thread.join(timeout=2)

    def _tick_on(self) -> None:
        while not self._closing.wait(_TICK_SECONDS):
            try:
                self.tick(datetime.now(UTC))
            except Exception as error:
                report("schedules", error)

    def tick(self, now: datetime) -> None:
        """Fire what is due at `now`, and forget what is gone."""
        known = {}
        for timed in self._all():
            key = (timed.arn, timed.revision)
            due = self._due[key] if key in self._due else _first(timed, now)
            if due and due <= now:
                timed.fire()
                due = _next(timed, now)
                if due is None:
                    timed.finish()
            known[key] = due
        self._due = known

    def _all(self, *, enabled_only: bool = True) -> list[Timed]:
        found = []
        for account in list(scheduler_backends.values()):
            for backend in list(account.values()):
                for group in list(backend.schedule_groups.values()):
                    for schedule in list(group.schedules.values()):
                        if schedule.state == "ENABLED" or not enabled_only:
                            found.append(self._from_schedule(group, schedule))
        for account in list(events_backends.values()):
            for backend in list(account.values()):
                for bus in list(backend.event_buses.values()):
                    for rule in list(bus.rules.values()):
                        if rule.scheduled_expression and (rule.state == "ENABLED" or not enabled_only):
                            found.append(self._from_rule(rule))
        return found

    def _from_schedule(self, group: Any, schedule: Schedule) -> Timed:
        started = schedule.start_date or schedule.creation_date
        delete = getattr(schedule, "action_after_completion", None) == "DELETE"
        return Timed(
            arn=schedule.arn,
            name=schedule.name,
            expression=schedule.schedule_expression,
            zone=schedule.schedule_expression_timezone,
            beginning=_time(started),
            fires_at_once=True,
            ending=_time(schedule.end_date) if schedule.end_date else None,
            revision=(schedule.schedule_expression, schedule.schedule_expression_timezone, schedule.last_modified_date),
            fire=lambda: self._targets.call(_schedule_call(schedule)),
            finish=lambda: group.schedules.pop(schedule.name, None) if delete else None,
        )

    def _from_rule(self, rule: Rule) -> Timed:
        made = rule.__dict__.setdefault("first_seen_at", time.time())
        return Timed(
            arn=rule.arn,
            name=rule.name,
            expression=rule.scheduled_expression or "",
            zone="UTC",
            beginning=_time(made),
            fires_at_once=False,
            ending=None,
            revision=(rule.scheduled_expression,),
            fire=lambda: rules.deliver(rule, rules.scheduled_event(rule), self._targets),
            finish=lambda: None,
        )


def _first(timed: Timed, now: datetime) -> datetime | None:
    try:
        schedule = parse(timed.expression, timed.zone)
    except BadExpressionError as error:
        report(timed.arn, error)
        return None
    if isinstance(schedule, Rate) and timed.fires_at_once:
        return max(timed.beginning, now) if not timed.ending or now <= timed.ending else None
    if isinstance(schedule, At):
        # Made a moment too late is still due: AWS has a precision of a minute.
        return schedule.when if (now - schedule.when).total_seconds() < 60 else None
    return _next(timed, max(now, timed.beginning))


def _next(timed: Timed, now: datetime) -> datetime | None:
    due = parse(timed.expression, timed.zone).next_after(now, timed.beginning)
    return due if due and (not timed.ending or due <= timed.ending) else None


def _schedule_call(schedule: Schedule) -> TargetCall:
    target = schedule.target
    words = {
        "<aws.scheduler.schedule-arn>": schedule.arn,
        "<aws.scheduler.scheduled-time>": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "<aws.scheduler.execution-id>": str(uuid.uuid4()),
        "<aws.scheduler.attempt-number>": "1",
    }
    body = target.get("Input") or "{}"
    for word, value in words.items():
        body = body.replace(word, value)
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    # On behalf of the group, not of the schedule: "Confused deputy prevention", EventBridge Scheduler user guide.
    on_behalf = f"{schedule.arn.rsplit('/', 1)[0].replace(':schedule/', ':schedule-group/')}"
    actor = taking(target.get("RoleArn"), "scheduler.amazonaws.com", on_behalf, "scheduler")
    return TargetCall(
        origin=schedule.arn,
        arn=target["Arn"],
        body=body,
        actor=actor,
        buries=actor,
        retries=int(target["RetryPolicy"].get("MaximumRetryAttempts", 185)),
        dead_letter=(target.get("DeadLetterConfig") or {}).get("Arn"),
        options={"MessageGroupId": group} if group else {},
        uses=_key_use(schedule),
    )


def _key_use(schedule: Schedule) -> tuple[Use, ...]:
    """What reading an encrypted schedule's input asks of its role ("Encryption at rest", Scheduler user guide)."""
    region, account = schedule.arn.split(":")[3:5]
    key = key_arn(schedule.kms_key_arn, account, region) if schedule.kms_key_arn else None
    encrypted = {"kms:encryptioncontext:aws:scheduler:schedule:arn": schedule.arn}
    return (Use("kms:Decrypt", key, via("scheduler", region, account) | encrypted),) if key else ()


def _time(value: Any) -> datetime:
    """Return a time that moto keeps as epoch seconds, or as text."""
    if isinstance(value, str) and not value.replace(".", "").isdigit():
        return datetime.fromisoformat(value).astimezone(UTC)
    return datetime.fromtimestamp(float(value), UTC)
