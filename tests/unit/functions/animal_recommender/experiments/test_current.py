"""The experiments as they are now: read beside the requests, and never older than a minute if they can be read."""

import json
import threading
from typing import Any

from animal_recommender.experiments.current import CurrentExperiments
from animal_recommender.experiments.definition import ChangedShares, format_changed_shares
from local_aws.testing.manual_clock import ManualClock
from tests.unit.functions.animal_recommender.experiments.experiments import document
from tests.unit.functions.fakes import THROTTLED

LONG = 10.0  # seconds; no test waits so long


class Parameters:
    """What is stored, and how often it was read."""

    def __init__(self) -> None:
        self.definitions = {"shelf": document()}
        self.shares = "{}"
        self.faults: list[Exception] = []
        self.reads = 0

    def __call__(self) -> tuple[str, str]:
        self.reads += 1
        if self.faults:
            raise self.faults.pop(0)
        return json.dumps(self.definitions), self.shares


def names(current: CurrentExperiments) -> list[str]:
    return [one.name for one in current.get()]


def test_the_first_request_waits_until_the_experiments_are_known(clock: ManualClock) -> None:
    assert names(CurrentExperiments(Parameters(), clock, LONG)) == ["shelf"]


def test_within_twenty_seconds_nothing_is_read_again(clock: ManualClock) -> None:
    # given
    stored = Parameters()
    current = CurrentExperiments(stored, clock, LONG)

    # when
    for _ in range(3):
        current.get()
        clock.now += 9

    # then
    assert stored.reads == 1


def test_a_change_counts_after_a_minute_without_requests(clock: ManualClock) -> None:
    # given
    stored = Parameters()
    current = CurrentExperiments(stored, clock, LONG)
    before = current.get()[0]

    # when
    changed = {"shelf": ChangedShares({"newest": 0.1, "popular": 0.9}, before.shares)}
    stored.shares = format_changed_shares(changed)
    clock.now += 61

    # then
    assert current.get()[0].shares == {"newest": 0.1, "popular": 0.9}


def test_an_answer_does_not_wait_for_parameters_that_are_younger_than_a_minute(clock: ManualClock) -> None:
    # given: the second read does not end
    stored, released = Parameters(), threading.Event()
    current = CurrentExperiments(lambda: (stored(), stored.reads > 1 and released.wait(LONG))[0], clock, LONG)
    current.get()

    # when
    clock.now += 40
    found = names(current)

    # then
    assert found == ["shelf"]
    assert not released.is_set()
    released.set()


def test_without_an_answer_of_ssm_what_is_known_counts(clock: ManualClock, logs: Any) -> None:
    # given
    stored = Parameters()
    current = CurrentExperiments(stored, clock, LONG)
    current.get()

    # when
    stored.faults = [THROTTLED]
    clock.now += 61

    # then
    assert names(current) == ["shelf"]
    assert "Experiments not read" in logs.getvalue()


def test_before_anything_could_be_read_there_is_no_experiment(clock: ManualClock) -> None:
    # given
    stored = Parameters()
    stored.faults = [THROTTLED]
    current = CurrentExperiments(stored, clock, LONG)

    # when, then
    assert names(current) == []
    assert names(current) == ["shelf"]


def test_a_wrong_definition_is_logged_and_the_known_ones_stay(clock: ManualClock, logs: Any) -> None:
    # given
    stored = Parameters()
    current = CurrentExperiments(stored, clock, LONG)
    current.get()

    # when
    stored.definitions = {"shelf": {}}
    clock.now += 61

    # then
    assert names(current) == ["shelf"]
    assert "Experiment shelf: a field is missing" in logs.getvalue()


def test_wrong_shares_of_one_experiment_are_logged_and_do_not_stop_the_others(clock: ManualClock, logs: Any) -> None:
    # given
    stored = Parameters()
    stored.definitions = {"shelf": document(), "window": document()}
    defined, right = {"newest": 0.5, "popular": 0.5}, {"newest": 0.1, "popular": 0.9}
    stored.shares = format_changed_shares(
        {"shelf": ChangedShares(None, defined), "window": ChangedShares(right, defined)}
    )

    # when
    found = CurrentExperiments(stored, clock, LONG).get()

    # then
    assert [one.shares for one in found] == [defined, right]
    assert "Experiment shelf: the shares" in logs.getvalue()
