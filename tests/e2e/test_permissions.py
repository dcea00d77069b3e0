"""Permissions of roles on the deployed system: what is refused without them, and calls that need the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

BREED = {"animal_species_id": "1", "animal_primary_breed_id": "Bengal", "animal_size_id": "2", "animal_age_id": "2"}


@contextmanager
def changed(system: Any, role: str, change: Callable[[dict], None]) -> Iterator[None]:
    """Change the statements of a role's policy while the block runs."""
    iam, name = system.client("iam"), f"local-animal-recommender-{role}"
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    before = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    document = json.loads(json.dumps(before))
    for statement in document["Statement"]:
        change(statement)
    assert document != before, f"nothing to change in the policy of {role}"
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(before))


def without(action: str) -> Callable[[dict], None]:
    def change(statement: dict) -> None:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [one for one in actions if one != action] or ["sts:GetCallerIdentity"]

    return change


def finished(system: Any, wait_for: Callable[..., Any], arn: str) -> dict:
    """Wait for the end of an execution; return its description."""

    def ended() -> dict | None:
        described = system.client("stepfunctions").describe_execution(executionArn=arn)
        return described if described["status"] != "RUNNING" else None

    return wait_for(ended, seconds=180)


def start(system: Any, given: dict) -> str:
    machine = system.outputs["state_machine_arn"]
    return system.client("stepfunctions").start_execution(stateMachineArn=machine, input=json.dumps(given))[
        "executionArn"
    ]


def test_given_an_action_less_in_one_policy_when_a_run_ends_then_it_failed_for_that(system, wait_for):
    with changed(system, "create-solution-version", without("personalize:CreateSolutionVersion")):
        described = finished(system, wait_for, start(system, {}))
    models = {one["name"]: one for one in json.loads(described["output"])["models"]}
    assert set(models) == set(system.outputs["solution_arns"])
    for name, model in models.items():
        assert model["outcome"] == "failed"
        assert "AccessDenied" in model["failureReason"]
        refused = f"personalize:CreateSolutionVersion on resource: {system.outputs['solution_arns'][name]}"
        assert refused in model["failureReason"]


def test_given_a_condition_that_does_not_hold_when_called_then_the_key_is_refused(system):
    def only_for_s3(statement: dict) -> None:
        for values in statement.get("Condition", {}).values():
            if "kms:ViaService" in values:
                values["kms:ViaService"] = "s3.us-east-1.amazonaws.com"

    asked = {"userId": "nobody"}
    with changed(system, "get-history", only_for_s3):
        answer, error = system.invoke("get_history", asked)
    assert error == "Unhandled"
    assert "AccessDenied" in answer["errorType"] + answer["errorMessage"]
    assert "kms:Decrypt" in answer["errorMessage"]
    assert system.invoke("get_history", asked) == ({"events": []}, None)


def test_given_another_key_when_an_object_is_put_then_the_buckets_policy_refuses_it_whoever_asks(system):
    s3, bucket = system.client("s3"), system.outputs["seed_bucket"]
    other = system.client("kms").create_key()["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        s3.put_object(Bucket=bucket, Key="strange", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=other)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("species", {"SPECIES": "1"}),
        ("not-applied-for", {}),
        ("new-arrivals", {"SINCE": "0"}),
        ("available", {}),
        ("long-waiting", {"DAYS": "30"}),
    ],
)
def test_every_filter_may_be_asked_with(system, name, values):
    chosen = {"filter": {"name": name, "values": values}}
    answer, error = system.invoke("recommend", {"userId": "12345", "limit": 3} | chosen)
    assert error is None, answer
    items = [{"itemId": "1", "animalMetadata": BREED}]
    for function, request in {
        "rerank": {"itemMetadataList": items},
        "similar": {"animalMetadata": BREED},
        "trending": {},
    }.items():
        answer, error = system.invoke(function, {"userId": "12345", **request, **chosen})
        assert error is None, answer


def test_given_personalize_fails_then_the_popular_list_may_be_read(system):
    # As a promotion leaves it.
    popular = json.dumps({"general": ["1-Bengal-2-2"], "species": {}}).encode()
    system.client("s3").put_object(Bucket=system.outputs["seed_bucket"], Key="fallback/popular.json", Body=popular)
    system.faults({"operations": {"GetRecommendations": {"errorRate": 1}}})
    try:
        answer, error = system.invoke("recommend", {"userId": "12345", "limit": 3})
    finally:
        system.faults({"operations": {"GetRecommendations": {"errorRate": 0}}})
    assert error is None, answer
    assert {item["source"] for item in answer} == {"popular"}


@pytest.fixture
def held_trainings(system: Any) -> Iterator[None]:
    """Trainings end only when they are stopped."""
    system.faults({"holdTrainings": {"*": True}})
    yield
    system.faults({"holdTrainings": {"*": False}})


@pytest.mark.usefixtures("held_trainings")
def test_given_automatic_training_when_the_schedule_fires_and_the_run_is_aborted_then_both_are_undone(system, wait_for):
    # Given somebody who switched automatic training on
    personalize, states = system.client("personalize"), system.client("stepfunctions")
    solutions = list(system.outputs["solution_arns"].values())

    def automatic(solution: str) -> bool:
        return personalize.describe_solution(solutionArn=solution)["solution"]["performAutoTraining"]

    for solution in solutions:
        personalize.update_solution(solutionArn=solution, performAutoTraining=True)
    wait_for(lambda: all(map(automatic, solutions)))
    # When the schedule fires, and its run is aborted in training
    system.fire("local-animal-recommender-retraining")
    only_running = {"stateMachineArn": system.outputs["state_machine_arn"], "statusFilter": "RUNNING"}
    (running,) = wait_for(lambda: states.list_executions(**only_running)["executions"])
    wait_for(lambda: not any(settled(personalize, one) for one in solutions))
    states.stop_execution(executionArn=running["executionArn"], error="Aborted", cause="by a test")
    # Then no training goes on, and none will start by itself.
    wait_for(lambda: all(settled(personalize, one) for one in solutions))
    wait_for(lambda: not any(map(automatic, solutions)))


def settled(personalize: Any, solution: str) -> bool:
    """Tell whether no version of a solution is in training."""
    listed = personalize.list_solution_versions(solutionArn=solution)["solutionVersions"]
    under_way = {"CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING"}
    return not under_way & {one["status"] for one in listed}
