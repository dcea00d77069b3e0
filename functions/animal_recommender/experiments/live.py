"""Experiments in the answers of one function: who sees which arm, and that it is recorded."""

import base64
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from animal_recommender.experiments.assignment import Assignment, Scope, assign, find_arm
from animal_recommender.experiments.current import CurrentExperiments
from animal_recommender.experiments.exposures import ExposureSender, Shown, exposure_line
from animal_recommender.experiments.settings import ExperimentSettings
from animal_recommender.experiments.subject import Subject
from animal_recommender.json_service import JsonService
from animal_recommender.validation import FieldError, ValidationError

Element = Mapping[str, Any]


class LiveExperiments:
    """The experiments of `function`, which can ask `models`: an arm with another model waits for its campaign."""

    def __init__(
        self,
        function: str,
        current: CurrentExperiments,
        sender: ExposureSender,
        models: Iterable[str] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._function = function
        self._models = frozenset(models)
        self._current = current
        self._sender = sender
        self._now = now

    def answer(
        self, subject: Subject, scope: Scope, answer: Callable[[str | None], list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Return the list that `answer` makes of what the visitor's arm shows, with `experiment` in each element.

        Raises:
            ValidationError: An operator chose an arm that does not exist, or cannot be shown for this request.
        """
        assignment = self.assign(subject, scope)
        elements = answer(assignment and assignment.arm.shows)
        if assignment is None:
            return elements
        recommendation = next((one["recommendationId"] for one in elements if "recommendationId" in one), None)
        finish = self.record(assignment, subject, map(_shown, elements), recommendation)
        labelled = [{**element, "experiment": assignment.label} for element in elements]
        finish()
        return labelled

    def assign(self, subject: Subject, scope: Scope) -> Assignment | None:
        """Return the visitor's arm, None outside of all experiments.

        Raises:
            ValidationError: See `answer`.
        """
        experiments = self._current.get()
        scope = scope._replace(shows=scope.shows | self._models)
        if subject.chosen:
            found = find_arm(experiments, self._function, *subject.chosen, scope)
            if found is None:
                raise ValidationError([UNKNOWN_ARM])
            return found
        if subject.visitor is None:
            return None
        today = datetime.fromtimestamp(self._now(), UTC).date()
        return assign(experiments, self._function, subject.visitor, scope, today)

    def record(
        self, assignment: Assignment, subject: Subject, shown: Iterable[Shown], recommendation_id: str | None
    ) -> Callable[[], None]:
        """Begin to record what a visitor was shown; return what must be called before the answer is returned.

        What an operator looked at is not recorded.
        """
        if assignment.is_chosen:
            return _nothing
        now = self._now()
        line = exposure_line(assignment, subject, shown, recommendation_id=recommendation_id, seconds=now)
        thread = self._sender.send(line)
        return lambda: self._sender.wait(thread)


UNKNOWN_ARM = FieldError(
    "experiment", "must be an arm of an experiment of this function, which this request can be answered with"
)


def _nothing() -> None:
    """Do nothing."""


def _shown(element: Element) -> Shown:
    pet = element.get("pet")
    return {"group": element["id"], "source": element["source"], **({"pet": pet["id"]} if pet else {})}


def make_experiments(settings: ExperimentSettings, function: str) -> LiveExperiments:
    """Return the experiments of these settings. A function that starts for a request reads them from now on."""
    ssm = JsonService("ssm", "AmazonSSM", connect_timeout=0.3, read_timeout=0.5)
    firehose = JsonService("firehose", "Firehose_20150804", connect_timeout=0.5, read_timeout=1.0)
    names = [settings.experiments_parameter, settings.shares_parameter]

    def read() -> tuple[str, str]:
        # So that the next line needs no time for a connection.
        threading.Thread(target=firehose.connect, daemon=True, name="firehose").start()
        output = ssm.call("GetParameters", {"Names": names})
        values = {parameter["Name"]: parameter["Value"] for parameter in output["Parameters"]}
        return values.get(names[0], "{}"), values.get(names[1], "{}")

    def put(line: bytes) -> None:
        data = base64.b64encode(line).decode("ascii")
        firehose.call("PutRecord", {"DeliveryStreamName": settings.exposure_stream, "Record": {"Data": data}})

    current = CurrentExperiments(read)
    # Not for a snapshot, and not for provisioned concurrency: a connection does not outlive the time until a request.
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand") == "on-demand":
        current.start()
    return LiveExperiments(function, current, ExposureSender(put), settings.experiment_campaigns)
