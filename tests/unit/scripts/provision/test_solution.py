"""A solution is made once and never trains by itself; those of earlier recipes go, unless one still serves."""

import pytest

from scripts.common.task import TaskError
from scripts.provision.solution import Wanted, create, retire
from tests.unit.scripts.provision.fake_personalize import GROUP, PREFIX, SOLUTION, FakePersonalize, make_poll, refusal

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"
WANTED = Wanted("test-recommender-0123abcd", GROUP, RECIPE)
STEM = "test-recommender"
EARLIER = f"{PREFIX}:solution/test-recommender-ffffffff"
OF_OTHERS = [f"{PREFIX}:solution/test-recommender-two-01234567", f"{PREFIX}:solution/test-recommender-by-hand"]


@pytest.fixture
def service() -> FakePersonalize:
    return FakePersonalize()


def test_given_none_when_created_then_it_is_active_and_does_not_train_by_itself(service: FakePersonalize) -> None:
    create(service, Wanted(WANTED.name, GROUP, RECIPE, {"bptt": "20"}), make_poll())
    made = service.solutions[SOLUTION]
    assert (made["status"], made["performAutoTraining"], made["datasetGroupArn"]) == ("ACTIVE", False, GROUP)
    assert made["solutionConfig"] == {"algorithmHyperParameters": {"bptt": "20"}}


def test_given_no_hyperparameters_then_the_recipe_has_its_own(service: FakePersonalize) -> None:
    create(service, WANTED, make_poll())
    assert "solutionConfig" not in service.solutions[SOLUTION]


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"])
def test_given_one_that_an_interrupted_run_made_then_it_is_waited_for(service: FakePersonalize, status: str) -> None:
    service.add_solution(status=status)
    create(service, WANTED, make_poll())
    assert service.solutions[SOLUTION]["status"] == "ACTIVE"
    assert service.calls == []


def test_given_a_failed_one_then_it_is_made_anew_and_the_reason_told(service: FakePersonalize) -> None:
    service.add_solution(status="CREATE FAILED", failureReason="no such role")
    lines: list[str] = []
    create(service, WANTED, make_poll(lines))
    assert service.solutions[SOLUTION]["status"] == "ACTIVE"
    assert any("no such role" in line for line in lines)


def test_given_a_creation_that_fails_then_its_reason_is_named(service: FakePersonalize) -> None:
    service.fail_next = "no such role"
    with pytest.raises(TaskError, match="CREATE FAILED: no such role"):
        create(service, WANTED, make_poll())


def test_given_earlier_recipes_when_retired_then_only_the_kept_one_and_those_of_others_are_left(
    service: FakePersonalize,
) -> None:
    for arn in (SOLUTION, EARLIER, *OF_OTHERS):
        service.add_solution(arn)
    retire(service, GROUP, STEM, make_poll(), keep=WANTED.name)
    assert sorted(service.solutions) == sorted([SOLUTION, *OF_OTHERS])


def test_given_a_training_under_way_when_all_go_then_it_is_stopped_first(service: FakePersonalize) -> None:
    service.add_solution()
    service.add_version("CREATE IN_PROGRESS")
    service.refusals["delete_solution"] = [refusal("ResourceInUseException")]
    retire(service, GROUP, STEM, make_poll())
    assert service.solutions == {}
    assert [version["status"] for version in service.versions.values()] == ["CREATE STOPPED"]


def test_given_a_campaign_on_an_earlier_recipe_when_retired_then_it_is_named_and_nothing_goes(
    service: FakePersonalize,
) -> None:
    for arn in (f"{EARLIER[:-1]}e", EARLIER):
        service.add_solution(arn)
    service.add_campaign("ACTIVE", solutionVersionArn=f"{EARLIER}/1")
    with pytest.raises(TaskError, match=r"campaign test-recommender serves .*ffffffff"):
        retire(service, GROUP, STEM, make_poll())
    assert len(service.solutions) == 2


@pytest.mark.parametrize("group", [GROUP, f"{GROUP}-that-is-gone"])
def test_given_nothing_when_all_go_then_that_is_good(service: FakePersonalize, group: str) -> None:
    retire(service, group, STEM, make_poll())
    assert service.calls == ["list_solutions"]
