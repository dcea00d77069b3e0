"""Room in the account's quotas."""

import json

import boto3
import pytest

from scripts.common.findings import Finding, State
from scripts.deploy.preflight import quotas
from tests.unit.scripts.deploy.preflight.fakes import PREFIX, client, error, only, target


def personalize(groups=0, applied=None):
    quota = error("NoSuchResourceException") if applied is None else {"Quota": {"Value": float(applied)}}
    return {
        "personalize": client(
            {
                "list_dataset_groups": {"datasetGroups": [{"name": f"group-{number}"} for number in range(groups)]},
                "list_schemas": {"schemas": []},
            }
        ),
        "service-quotas": client(get_service_quota=quota),
    }


def test_an_empty_account_has_room_for_personalize():
    assert {one.state for one in quotas.check_personalize(target(personalize()))} == {State.OK}


def test_no_room_for_another_dataset_group_fails():
    first = next(quotas.check_personalize(target(personalize(groups=5))))
    assert first == Finding(
        "Personalize dataset groups",
        State.FAILED,
        "5 in use, 1 to come, limit 5 (the default)",
        "request more in the console: Service Quotas",
    )


def test_the_applied_quota_counts_before_the_default():
    first = next(quotas.check_personalize(target(personalize(groups=5, applied=20))))
    assert (first.state, first.detail) == (State.OK, "5 in use, 1 to come, limit 20")


def test_a_group_that_exists_is_not_counted_twice():
    clients = personalize(groups=4)
    clients["personalize"].get_paginator("list_dataset_groups").paginate()[0]["datasetGroups"].append({"name": PREFIX})
    assert next(quotas.check_personalize(target(clients))).detail.startswith("5 in use, 0 to come")


def test_more_capacity_than_a_campaign_takes_fails():
    found = list(
        quotas.check_personalize(target(personalize(), models={"recommender": {"minimum_provisioned_tps": 600}}))
    )
    assert (found[-1].subject, found[-1].state) == ("TPS of recommender", State.FAILED)


def test_a_comparison_with_popularity_takes_one_more_solution():
    model = {"minimum_provisioned_tps": 1, "gate": {"compare_with_popularity": True}}
    found = quotas.check_personalize(target(personalize(), models={"recommender": model, "reranker": model}))
    solutions = next(one for one in found if one.subject == "Personalize solutions of a group")
    assert solutions.detail.startswith("0 in use, 3 to come, limit 10")


def test_streams_and_roles_are_counted(aws):
    boto3.client("iam").create_role(RoleName=f"{PREFIX}-recommend", AssumeRolePolicyDocument=json.dumps({}))
    assert only(quotas.check_streams(target())).detail.startswith("0 in use, 1 to come")
    assert only(quotas.check_roles(target())).detail.startswith("1 in use, 5 to come")


@pytest.mark.parametrize(
    ("total", "reserved", "status"),
    [(1000, None, State.OK), (10, None, State.NOTE), (1000, 950, State.FAILED), (1000, 900, State.OK)],
)
def test_concurrency(total, reserved, status):
    limits = {"AccountLimit": {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": total}}
    made = target(
        {"lambda": client(get_account_settings=limits)}, functions={"recommend": {"reserved_concurrency": reserved}}
    )
    assert only(quotas.check_concurrency(made)).state == status
