"""Looks at every alarm, changes its state and carries out the actions of the new one."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends

from local_aws.cloudwatch.alarm_actions import notice
from local_aws.cloudwatch.alarm_evaluation import ALARM, INSUFFICIENT_DATA, OK, datapoints, judge
from local_aws.cloudwatch.datapoints import Readings
from local_aws.cloudwatch.metric_math import UnsupportedError
from local_aws.cloudwatch.queue_metrics import QueueLengths
from local_aws.events.targets import Targets
from local_aws.trouble import report

# CloudWatch looks once a minute; nobody at a desk waits so long.
_TICK_SECONDS = 1.0


class Alarms:
    """Watches until it is closed."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._closing = threading.Event()
        self._queues = QueueLengths()
        self._readings: dict[tuple[str, str], Readings] = {}
        self._states: defaultdict[str, str] = defaultdict(lambda: INSUFFICIENT_DATA)
        self._unsupported: set[str] = set()
        self._thread = threading.Thread(target=self._tick_on, daemon=True, name="alarms")
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._closing.set()
        self._thread.join(timeout=2)

    def tick(self, now: float) -> None:
        """Look at every alarm once; `now` in seconds since 1970."""
        self._queues.measure()
        for backend in _backends():
            if not backend.alarms:
                continue
            place = backend.account_id, backend.region_name
            readings = self._readings.setdefault(place, Readings(backend))
            readings.read_on()
            for alarm in list(backend.alarms.values()):
                self._look(alarm, readings, now)

    def _tick_on(self) -> None:
        while not self._closing.wait(_TICK_SECONDS):
            try:
                self.tick(time.time())
            except Exception as error:
                report("alarms", error)

    def _look(self, alarm: Alarm, readings: Readings, now: float) -> None:
        self._act(alarm)  # SetAlarmState may have been called: it counts until the next look
        try:
            state, reason = judge(alarm, datapoints(alarm, readings, now))
        except UnsupportedError as error:
            if alarm.alarm_arn not in self._unsupported:
                self._unsupported.add(alarm.alarm_arn)
                report(f"{alarm.alarm_arn} is not evaluated", error)
            return
        if state != alarm.state_value:
            alarm.update_state(reason, "{}", state)
            self._act(alarm)

    def _act(self, alarm: Alarm) -> None:
        before, self._states[alarm.alarm_arn] = self._states[alarm.alarm_arn], alarm.state_value
        if before == alarm.state_value or not alarm.actions_enabled:
            return
        actions = {ALARM: alarm.alarm_actions, OK: alarm.ok_actions, INSUFFICIENT_DATA: alarm.insufficient_data_actions}
        for action in actions[alarm.state_value]:
            self._targets.call(notice(alarm, before, action))


def _backends() -> Iterator[CloudWatchBackend]:
    for account in list(cloudwatch_backends.values()):
        yield from list(account.values())
