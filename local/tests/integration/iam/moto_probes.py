"""Probes of the corrections of IAM."""

import json
import os
from unittest import mock

from local_aws.testing.moto_probes import ACCOUNT, client, create_role, probe


@probe("iam.update_only_given_fields")
def role_keeps_its_description() -> None:
    iam = client("iam")
    create_role()
    iam.update_role(RoleName="r", MaxSessionDuration=7200)
    iam.update_role(RoleName="r", Description="new")
    role = iam.get_role(RoleName="r")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("new", 7200)


@probe("iam.simulate_policies")
def policies_of_a_role_are_simulated() -> None:
    iam = client("iam")
    role = create_role()
    statements = [
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:GetObjectAcl", "Resource": "*"},
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(policy))
    actions = ["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"]
    found = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=actions)["EvaluationResults"]
    assert {one["EvalActionName"]: one["EvalDecision"] for one in found} == {
        "s3:GetObject": "allowed",
        "s3:GetObjectAcl": "explicitDeny",
        "s3:PutObject": "implicitDeny",
    }


@probe("iam.simulate_policies")
def users_may_do_everything_and_unknown_roles_are_refused() -> None:
    iam = client("iam")
    user = f"arn:aws:iam::{ACCOUNT}:user/somebody"
    found = iam.simulate_principal_policy(PolicySourceArn=user, ActionNames=["s3:GetObject"])["EvaluationResults"]
    assert [one["EvalDecision"] for one in found] == ["allowed"]
    try:
        iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/none", ActionNames=["s3:GetObject"])
    except iam.exceptions.NoSuchEntityException:
        return
    raise AssertionError("a role that does not exist must be refused")


@probe("iam.find_account_without_creating_backends")
def look_up_of_a_key_creates_no_backend() -> None:
    from moto.iam import models

    models.iam_backends[ACCOUNT]["aws"]
    models.get_account_id_from("AKIAUNKNOWN")
    assert list(models.iam_backends[ACCOUNT]) == ["aws"]


@probe("iam.load_managed_policies_of_one_partition")
def other_partitions_have_no_managed_policies() -> None:
    from moto.iam.models import IAMBackend

    with mock.patch.dict(os.environ, MOTO_IAM_LOAD_MANAGED_POLICIES="true"):
        assert IAMBackend("aws", ACCOUNT)._init_aws_policies()
        assert not IAMBackend("aws-cn", ACCOUNT)._init_aws_policies()
