"""The clock that fires the schedules of EventBridge Scheduler, and rules with a schedule expression."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.events.models import Rule, events_backends
from moto.scheduler.models import Schedule, ScheduleGroup, scheduler_backends

from local_aws.events import rules
from local_aws.events.targets import TargetInvocation, TargetInvoker
from local_aws.iam.actors import assumed_role
from local_aws.iam.permission import Permission
from local_aws.kms.key_usage import key_arn, via_service
from local_aws.scheduler.schedule_expressions import At, InvalidExpressionError, Rate, parse_schedule

_log = logging.getLogger(__name__)

_TICK_SECONDS = 0.25


@dataclass(frozen=True)
class TimedTrigger:
    """A schedule or a rule with a schedule expression.

    Attributes:
        arn: of the schedule or rule.
        beginning: start of the first period of a rate.
        fires_at_once: whether a rate fires at its beginning (Scheduler) or one period later (a rule).
        ending: nothing fires after it.
        revision: changes with every edit, so that the next time is computed again.
        fire: fires it now.
        finish: called after the last time (ActionAfterCompletion).
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
    """Fires every schedule when it is due."""

    def __init__(self, invoker: TargetInvoker) -> None:
        self._invoker = invoker
        self._closing = threading.Event()
        self._due: dict[tuple[str, tuple[Any, ...]], datetime | None] = {}
        self._thread = threading.Thread(target=self._run, daemon=True, name="clock")
        self._thread.start()

    def fire(self, name: str) -> list[str]:
        """Fire the schedules and rules with this name or ARN now, enabled or not, and return their ARNs."""
        found = [trigger for trigger in self._triggers(enabled_only=False) if name in (trigger.name, trigger.arn)]
        for trigger in found:
            trigger.fire()
        return [trigger.arn for trigger in found]

    def upcoming(self) -> list[dict[str, Any]]:
        """Describe every enabled schedule: ARN, expression, and its next time (ISO 8601, or None)."""
        return [
            {
                "arn": trigger.arn,
                "name": trigger.name,
                "expression": trigger.expression,
                "next": due.isoformat() if (due := self._due.get((trigger.arn, trigger.revision))) else None,
            }
            for trigger in self._triggers()
        ]

    def close(self) -> None:
        """Stop the clock."""
        self._closing.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._closing.wait(_TICK_SECONDS):
            try:
                self.tick(datetime.now(UTC))
            except Exception:
                _log.exception("schedules")

    def tick(self, now: datetime) -> None:
        """Fire what is due at `now`, and forget deleted schedules."""
        known = {}
        for trigger in self._triggers():
            key = (trigger.arn, trigger.revision)
            due = self._due[key] if key in self._due else _first(trigger, now)
            if due and due <= now:
                trigger.fire()
                due = _next(trigger, now)
                if due is None:
                    trigger.finish()
            known[key] = due
        self._due = known

    def _triggers(self, *, enabled_only: bool = True) -> list[TimedTrigger]:
        schedules = [
            self._from_schedule(group, schedule)
            for group, schedule in _schedules()
            if schedule.state == "ENABLED" or not enabled_only
        ]
        return schedules + [
            self._from_rule(rule) for rule in _scheduled_rules() if rule.state == "ENABLED" or not enabled_only
        ]

    def _from_schedule(self, group: ScheduleGroup, schedule: Schedule) -> TimedTrigger:
        started = schedule.start_date or schedule.creation_date
        deletes = getattr(schedule, "action_after_completion", None) == "DELETE"

        def delete() -> None:
            group.schedules.pop(schedule.name, None)

        return TimedTrigger(
            arn=schedule.arn,
            name=schedule.name,
            expression=schedule.schedule_expression,
            zone=schedule.schedule_expression_timezone,
            beginning=_time(started),
            fires_at_once=True,
            ending=_time(schedule.end_date) if schedule.end_date else None,
            revision=(schedule.schedule_expression, schedule.schedule_expression_timezone, schedule.last_modified_date),
            fire=lambda: self._invoker.invoke(_schedule_invocation(schedule)),
            finish=delete if deletes else _do_nothing,
        )

    def _from_rule(self, rule: Rule) -> TimedTrigger:
        made = rule.__dict__.setdefault("first_seen_at", time.time())
        return TimedTrigger(
            arn=rule.arn,
            name=rule.name,
            expression=rule.scheduled_expression or "",
            zone="UTC",
            beginning=_time(made),
            fires_at_once=False,
            ending=None,
            revision=(rule.scheduled_expression,),
            fire=lambda: rules.invoke_targets(rule, rules.scheduled_event(rule), self._invoker),
            finish=_do_nothing,
        )


def _schedules() -> Iterator[tuple[ScheduleGroup, Schedule]]:
    for account in list(scheduler_backends.values()):
        for backend in list(account.values()):
            for group in list(backend.schedule_groups.values()):
                yield from ((group, schedule) for schedule in list(group.schedules.values()))


def _scheduled_rules() -> Iterator[Rule]:
    for account in list(events_backends.values()):
        for backend in list(account.values()):
            for bus in list(backend.event_buses.values()):
                yield from (rule for rule in list(bus.rules.values()) if rule.scheduled_expression)


def _do_nothing() -> None:
    """Keep the schedule."""


def _first(trigger: TimedTrigger, now: datetime) -> datetime | None:
    try:
        schedule = parse_schedule(trigger.expression, trigger.zone)
    except InvalidExpressionError as error:
        _log.warning("%s never fires: %s", trigger.arn, error)
        return None
    if isinstance(schedule, Rate) and trigger.fires_at_once:
        return max(trigger.beginning, now) if not trigger.ending or now <= trigger.ending else None
    if isinstance(schedule, At):
        # A schedule that was created a moment too late is still due: AWS has a precision of one minute.
        return schedule.when if (now - schedule.when).total_seconds() < 60 else None
    return _next(trigger, max(now, trigger.beginning))


def _next(trigger: TimedTrigger, now: datetime) -> datetime | None:
    due = parse_schedule(trigger.expression, trigger.zone).next_after(now, trigger.beginning)
    return due if due and (not trigger.ending or due <= trigger.ending) else None


def _schedule_invocation(schedule: Schedule) -> TargetInvocation:
    target = schedule.target
    variables = {
        "<aws.scheduler.schedule-arn>": schedule.arn,
        "<aws.scheduler.scheduled-time>": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "<aws.scheduler.execution-id>": str(uuid.uuid4()),
        "<aws.scheduler.attempt-number>": "1",
    }
    body = target.get("Input") or "{}"
    for variable, value in variables.items():
        body = body.replace(variable, value)
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    # The source is the group, not the schedule: "Confused deputy prevention", EventBridge Scheduler user guide.
    source = f"{schedule.arn.rsplit('/', 1)[0].replace(':schedule/', ':schedule-group/')}"
    actor = assumed_role(target.get("RoleArn"), "scheduler.amazonaws.com", source, "scheduler")
    return TargetInvocation(
        source_arn=schedule.arn,
        arn=target["Arn"],
        body=body,
        actor=actor,
        dead_letter_actor=actor,
        retries=int(target["RetryPolicy"].get("MaximumRetryAttempts", 185)),
        dead_letter=(target.get("DeadLetterConfig") or {}).get("Arn"),
        options={"MessageGroupId": group} if group else {},
        permissions=_key_permissions(schedule),
    )


def _key_permissions(schedule: Schedule) -> tuple[Permission, ...]:
    """Return what reading an encrypted schedule requires ("Encryption at rest", Scheduler user guide)."""
    region, account = schedule.arn.split(":")[3:5]
    key = key_arn(schedule.kms_key_arn, account, region) if schedule.kms_key_arn else None
    encrypted = {"kms:encryptioncontext:aws:scheduler:schedule:arn": schedule.arn}
    return (Permission("kms:Decrypt", key, via_service("scheduler", region, account) | encrypted),) if key else ()


def _time(value: Any) -> datetime:
    """Return a time that moto stores as epoch seconds or as text."""
    if isinstance(value, str) and not value.replace(".", "").isdigit():
        return datetime.fromisoformat(value).astimezone(UTC)
    return datetime.fromtimestamp(float(value), UTC)
