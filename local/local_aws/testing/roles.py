"""Roles and policies for what the tests make themselves, where no Terraform does."""

import json
from typing import Any


def statement(*actions: str, **elements: Any) -> dict[str, Any]:
    """A statement that allows actions; `elements` are the rest of it."""
    return {"Effect": "Allow", "Action": list(actions), **elements}


def policy(*statements: dict[str, Any]) -> str:
    """A policy of these statements, as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def make_role(iam: Any, name: str, services: list[str], *statements: dict[str, Any]) -> str:
    """A role that services may take, by their short names, and that may do what the statements say; returns its ARN."""
    principals = {"Service": [f"{service}.amazonaws.com" for service in services]}
    trust = policy(statement("sts:AssumeRole", Principal=principals))
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="calls", PolicyDocument=policy(*statements))
    return made["Role"]["Arn"]


def let_personalize_read(s3: Any, iam: Any, bucket: str, role: str) -> str:
    """A role with which Personalize reads a bucket, which lets the service in as well; returns the role's ARN."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    reading = statement("s3:GetObject", "s3:ListBucket", Resource=resources)
    of_service = reading | {"Principal": {"Service": "personalize.amazonaws.com"}}
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(of_service))
    return make_role(iam, role, ["personalize"], reading)
