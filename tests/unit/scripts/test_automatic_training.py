"""Automatic training ends up off, whatever was under way."""

import pytest

from scripts.automatic_training import switch_off
from scripts.personalize import TaskError
from tests.unit.scripts.fake_personalize import SOLUTION, FakePersonalize, make_poll, refusal


@pytest.fixture
def service() -> FakePersonalize:
    fake = FakePersonalize()
    fake.add_solution()
    return fake


def test_given_it_is_on_when_switched_off_then_the_solution_shows_it(service: FakePersonalize) -> None:
    switch_off(service, SOLUTION, make_poll())
    assert service.solutions[SOLUTION]["performAutoTraining"] is False


def test_given_it_is_off_when_switched_off_again_then_nothing_is_changed(service: FakePersonalize) -> None:
    service.solutions[SOLUTION]["performAutoTraining"] = False
    switch_off(service, SOLUTION, make_poll())
    assert service.calls == []


def test_given_a_solution_still_being_made_then_it_is_waited_for(service: FakePersonalize) -> None:
    service.solutions[SOLUTION]["status"] = "CREATE PENDING"
    switch_off(service, SOLUTION, make_poll())
    assert service.solutions[SOLUTION]["performAutoTraining"] is False


def test_given_an_update_under_way_then_it_is_waited_for_and_not_repeated(service: FakePersonalize) -> None:
    service.update_solution(SOLUTION, False)
    switch_off(service, SOLUTION, make_poll())
    assert service.calls == ["update_solution"]


def test_given_the_service_is_busy_then_the_update_is_asked_for_again(service: FakePersonalize) -> None:
    service.refusals["update_solution"] = [refusal("ResourceInUseException")]
    switch_off(service, SOLUTION, make_poll())
    assert service.calls == ["update_solution", "update_solution"]


def test_given_the_update_fails_then_its_reason_is_named(service: FakePersonalize) -> None:
    service.fail_next = "internal failure 17"
    with pytest.raises(TaskError, match="still on: internal failure 17"):
        switch_off(service, SOLUTION, make_poll())


def test_given_a_failed_solution_then_its_reason_is_named(service: FakePersonalize) -> None:
    service.solutions[SOLUTION] |= {"status": "CREATE FAILED", "failureReason": "bad recipe"}
    with pytest.raises(TaskError, match="CREATE FAILED: bad recipe"):
        switch_off(service, SOLUTION, make_poll())


def test_given_no_solution_then_that_is_said() -> None:
    with pytest.raises(TaskError, match="there is no solution"):
        switch_off(FakePersonalize(), SOLUTION, make_poll())
