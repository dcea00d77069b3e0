"""Probes of the corrections of IAM."""

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
