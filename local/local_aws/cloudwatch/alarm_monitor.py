"""The alarm monitor: evaluates every alarm, changes its state and runs the actions of the new state."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends

from local_aws.cloudwatch.alarm_actions import alarm_notification
from local_aws.cloudwatch.alarm_evaluation import ALARM, INSUFFICIENT_DATA, OK, datapoints, evaluate_alarm
from local_aws.cloudwatch.datapoints import MetricData, metric_data
from local_aws.cloudwatch.metric_math import UnsupportedAlarmError
from local_aws.cloudwatch.queue_metrics import QueueMetrics
from local_aws.events.targets import TargetInvoker

_log = logging.getLogger(__name__)

# CloudWatch evaluates once a minute, which is too slow for a developer's machine.
_TICK_SECONDS = 1.0


class AlarmMonitor:
    """Evaluates all alarms in a thread until it is closed."""

    def __init__(self, targets: TargetInvoker) -> None:
        self._targets = targets
        self._closing = threading.Event()
        self._queues = QueueMetrics()
        self._states: defaultdict[str, str] = defaultdict(lambda: INSUFFICIENT_DATA)
        self._unsupported: set[str] = set()
        self._thread = threading.Thread(target=self._run, daemon=True, name="alarms")
        self._thread.start()

    def close(self) -> None:
        """Stop the thread."""
        self._closing.set()
        self._thread.join(timeout=2)

    def tick(self, now: float) -> None:
        """Evaluate every alarm once; `now` in epoch seconds."""
        self._queues.record()
        for backend in _backends():
            for alarm in list(backend.alarms.values()):
                self._evaluate(alarm, metric_data(backend), now)

    def _run(self) -> None:
        while not self._closing.wait(_TICK_SECONDS):
            try:
                self.tick(time.time())
            except Exception:
                _log.exception("alarms")

    def _evaluate(self, alarm: Alarm, data: MetricData, now: float) -> None:
        self._run_actions(alarm)  # SetAlarmState may have changed the state since the last evaluation
        try:
            state, reason = evaluate_alarm(alarm, datapoints(alarm, data, now))
        except UnsupportedAlarmError as error:
            if alarm.alarm_arn not in self._unsupported:
                self._unsupported.add(alarm.alarm_arn)
                _log.warning("%s is not evaluated: %s", alarm.alarm_arn, error)
            return
        if state != alarm.state_value:
            alarm.update_state(reason, "{}", state)
            self._run_actions(alarm)

    def _run_actions(self, alarm: Alarm) -> None:
        before, self._states[alarm.alarm_arn] = self._states[alarm.alarm_arn], alarm.state_value
        if before == alarm.state_value or not alarm.actions_enabled:
            return
        actions = {ALARM: alarm.alarm_actions, OK: alarm.ok_actions, INSUFFICIENT_DATA: alarm.insufficient_data_actions}
        for action in actions[alarm.state_value]:
            self._targets.invoke(alarm_notification(alarm, before, action))


def _backends() -> Iterator[CloudWatchBackend]:
    for account in list(cloudwatch_backends.values()):
        yield from list(account.values())
