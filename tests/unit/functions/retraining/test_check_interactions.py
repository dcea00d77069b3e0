"""check_interactions: is a training due, is there budget, is automatic training off?"""

from datetime import timedelta
from typing import Any

import pytest

from check_interactions.automatic_training import switch_off
from check_interactions.handler import decide
from check_interactions.history import TrainingHistory, read_history
from check_interactions.interactions import count_since
from tests.unit.functions.retraining.fakes import NOW, SOLUTION, FakePersonalize, Pages, model

TRAINED = TrainingHistory(last_trained=NOW, last_hours=2.0, month_hours=5.0, in_training=None)


@pytest.mark.parametrize(
    ("count", "decision", "reason"),
    [
        (99, "skip", "99 new interactions since the last training, and 100 are needed"),
        (100, "train", "100 new interactions since the last training (needed: 100)"),
        (None, "train", "the model was never trained"),
    ],
)
def test_given_a_count_when_decided_then_the_reason_has_the_numbers(count: Any, decision: str, reason: str) -> None:
    assert decide(model(), TRAINED, count) == (decision, reason)


@pytest.mark.parametrize(("budget", "decision"), [(6.9, "skip"), (7.0, "train"), (None, "train")])
def test_given_a_budget_when_another_training_would_exceed_it_then_it_is_refused(budget: Any, decision: str) -> None:
    decided, reason = decide(model(monthlyTrainingHours=budget), TRAINED, 1000)

    assert decided == decision
    assert ("budget of 6.9 hours" in reason) == (decision == "skip")


def test_given_a_training_under_way_when_decided_then_no_second_one_is_started() -> None:
    history = TrainingHistory(NOW, 0, 0, in_training="arn:other")

    assert decide(model(), history, 1000) == ("skip", "a training is already under way: arn:other")


def test_given_versions_when_history_is_read_then_only_trained_ones_of_this_month_count(
    personalize: FakePersonalize,
) -> None:
    personalize.add_version("old", age=timedelta(days=40), trainingHours=9.0)
    personalize.add_version("this-month", age=timedelta(days=3), trainingHours=2.5)
    personalize.add_version("failed", "CREATE FAILED", age=timedelta(days=1))
    running = personalize.add_version("running", "CREATE IN_PROGRESS")

    history = read_history(personalize, SOLUTION, NOW)

    assert history == TrainingHistory(NOW - timedelta(days=3), 2.5, 2.5, running)


def test_given_no_version_when_history_is_read_then_it_is_empty(personalize: FakePersonalize) -> None:
    assert read_history(personalize, SOLUTION, NOW) == TrainingHistory(None, 0, 0, None)


@pytest.mark.parametrize(
    ("solution", "found", "calls"),
    [
        ({"performAutoTraining": False}, "off", []),
        ({}, "off", []),
        (
            {"performAutoTraining": True},
            "switched off",
            [("update_solution", {"solutionArn": SOLUTION, "performAutoTraining": False})],
        ),
        (
            {
                "performAutoTraining": True,
                "latestSolutionUpdate": {"status": "CREATE PENDING", "performAutoTraining": False},
            },
            "switched off",
            [],
        ),
    ],
)
def test_given_automatic_training_when_checked_then_it_is_off_afterwards(
    personalize: FakePersonalize, solution: Any, found: str, calls: Any
) -> None:
    personalize.solution = solution

    assert (switch_off(personalize, SOLUTION), personalize.calls) == (found, calls)


class FakeCloudWatch:
    def get_paginator(self, operation: str) -> "FakeCloudWatch":
        assert operation == "get_metric_data"
        return self

    def paginate(self, **request: Any) -> Any:
        self.request = request
        return Pages("MetricDataResults", [{"Values": [3.0, 4.0]}, {"Values": []}, {"Values": [5.0]}]).paginate()


@pytest.mark.parametrize(("days", "period", "counted"), [(1, 60, 1), (20, 300, 20), (100, 3600, 100), (900, 3600, 455)])
def test_given_an_age_when_counted_then_the_finest_period_that_cloudwatch_still_has_is_asked_for(
    days: int, period: int, counted: int
) -> None:
    cloudwatch = FakeCloudWatch()

    assert count_since(cloudwatch, "put-events", NOW - timedelta(days=days), NOW) == 12

    (query,) = cloudwatch.request["MetricDataQueries"]
    assert query["MetricStat"]["Period"] == period
    assert query["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "service", "Value": "put-events"}]
    assert cloudwatch.request["EndTime"] - cloudwatch.request["StartTime"] == timedelta(days=counted, minutes=1)
