"""Roles and policies for tests."""

import json
from typing import Any


def statement(*actions: str, **elements: Any) -> dict[str, Any]:
    """Return a statement that allows actions; `elements` are its other elements."""
    return {"Effect": "Allow", "Action": list(actions), **elements}


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy with these statements as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def make_role(iam: Any, name: str, services: list[str], *statements: dict[str, Any]) -> str:
    """Create a role that services, by their short names, may assume, with a policy of statements; return its ARN."""
    principals = {"Service": [f"{service}.amazonaws.com" for service in services]}
    trust = policy(statement("sts:AssumeRole", Principal=principals))
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="calls", PolicyDocument=policy(*statements))
    return str(made["Role"]["Arn"])


def let_personalize_read(s3: Any, iam: Any, bucket: str, role: str) -> str:
    """Create a role with which Personalize may read a bucket that allows it, and return the role's ARN."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    reading = statement("s3:GetObject", "s3:ListBucket", Resource=resources)
    of_service = reading | {"Principal": {"Service": "personalize.amazonaws.com"}}
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(of_service))
    return make_role(iam, role, ["personalize"], reading)
