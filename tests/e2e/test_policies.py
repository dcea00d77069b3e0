"""Every policy of the deployed system, held to the Service Authorization Reference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.support.service_authorization import find_problems

PREFIX = "local-animal-recommender-"


def of_roles(system: Any) -> Iterator[tuple[str, Any]]:
    """The policies of the system's roles, by name."""
    iam = system.client("iam")
    for page in iam.get_paginator("list_roles").paginate():
        for role in (one["RoleName"] for one in page["Roles"] if one["RoleName"].startswith(PREFIX)):
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                yield f"role {role}", iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]


def of_resources(system: Any) -> Iterator[tuple[str, Any]]:
    """The policies of the system's key, topic, buckets and queues, by name."""
    key = system.client("kms").get_key_policy(KeyId=system.outputs["kms_key_arn"], PolicyName="default")
    yield "key", json.loads(key["Policy"])
    topic = system.client("sns").get_topic_attributes(TopicArn=system.outputs["topic_arn"])
    yield "topic", json.loads(topic["Attributes"]["Policy"])
    s3, sqs = system.client("s3"), system.client("sqs")
    for bucket in s3.list_buckets()["Buckets"]:
        yield f"bucket {bucket['Name']}", json.loads(s3.get_bucket_policy(Bucket=bucket["Name"])["Policy"])
    for url in system.outputs["dead_letter_queue_urls"].values():
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        yield f"queue {url}", json.loads(queue["Attributes"]["Policy"])


def test_every_policy_of_a_role_names_actions_resources_and_conditions_that_exist(system):
    policies = list(of_roles(system))
    assert len(policies) >= 18
    assert {name: problems for name, policy in policies if (problems := find_problems(policy))} == {}


def test_every_policy_of_a_resource_names_actions_resources_and_conditions_that_exist(system):
    policies = list(of_resources(system))
    assert len(policies) >= 8
    assert {name: problems for name, policy in policies if (problems := find_problems(policy, of_resource=True))} == {}
