"""A first version is trained once, however often and wherever it was interrupted; and trainings can be ended."""

import pytest

from scripts.common.task import TaskError
from scripts.provision.solution_version import create, stop_trainings
from tests.unit.scripts.provision.fake_personalize import SOLUTION, FakePersonalize, make_poll, refusal


@pytest.fixture
def service() -> FakePersonalize:
    fake = FakePersonalize()
    fake.add_solution()
    return fake


def test_given_no_version_when_created_then_one_is_trained(service: FakePersonalize) -> None:
    arn = create(service, SOLUTION, make_poll(), mode="FULL")
    assert service.versions[arn]["status"] == "ACTIVE"
    assert service.versions[arn]["trainingMode"] == "FULL"


def test_given_active_versions_when_created_then_the_newest_is_used(service: FakePersonalize) -> None:
    service.add_version("ACTIVE")
    newest = service.add_version("ACTIVE")
    service.add_version("CREATE FAILED")
    assert create(service, SOLUTION, make_poll()) == newest
    assert "create_solution_version" not in service.calls


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS"])
def test_given_an_interrupted_run_when_created_again_then_its_training_is_waited_for(
    service: FakePersonalize, status: str
) -> None:
    started = service.add_version(status)
    assert create(service, SOLUTION, make_poll()) == started
    assert "create_solution_version" not in service.calls


def test_given_a_training_being_stopped_when_created_then_a_new_one_follows_its_end(service: FakePersonalize) -> None:
    stopped = service.add_version("CREATE STOPPING")
    arn = create(service, SOLUTION, make_poll())
    assert service.versions[stopped]["status"] == "CREATE STOPPED"
    assert service.versions[arn]["status"] == "ACTIVE"


def test_given_a_training_that_fails_then_its_reason_is_named(service: FakePersonalize) -> None:
    service.fail_next = "fewer than 25 users"
    with pytest.raises(TaskError, match="CREATE FAILED: fewer than 25 users"):
        create(service, SOLUTION, make_poll())


def test_given_a_failed_training_when_created_again_then_another_is_made_under_a_free_name(
    service: FakePersonalize,
) -> None:
    service.add_version("CREATE FAILED", name="first")
    arn = create(service, SOLUTION, make_poll(), name="first")
    assert service.versions[arn]["name"] == "first-2"


def test_given_a_busy_solution_then_the_training_starts_when_it_is_free(service: FakePersonalize) -> None:
    service.refusals["create_solution_version"] = [refusal("ResourceInUseException")] * 3
    arn = create(service, SOLUTION, make_poll())
    assert service.versions[arn]["status"] == "ACTIVE"


def test_given_trainings_under_way_when_stopped_then_none_is_left(service: FakePersonalize) -> None:
    statuses = ["ACTIVE", "CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING", "CREATE FAILED"]
    for status in statuses:
        service.add_version(status)
    stop_trainings(service, SOLUTION, make_poll())
    after = [version["status"] for version in service.versions.values()]
    assert after == ["ACTIVE", "CREATE STOPPED", "CREATE STOPPED", "CREATE STOPPED", "CREATE FAILED"]


def test_given_a_training_that_ends_first_when_stopped_then_that_is_good(service: FakePersonalize) -> None:
    arn = service.add_version("CREATE IN_PROGRESS")
    service.refusals["stop_solution_version_creation"] = [refusal("ResourceInUseException")]
    stop_trainings(service, SOLUTION, make_poll())
    assert service.versions[arn]["status"] == "ACTIVE"


def test_given_no_solution_when_stopped_then_that_is_good() -> None:
    stop_trainings(FakePersonalize(), SOLUTION, make_poll())
