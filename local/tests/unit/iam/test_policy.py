"""The parsing of policies."""

import json
from typing import Any

import pytest

from local_aws.iam.policy import MalformedPolicyError, Policy, parse


def policy(*statements: dict[str, Any]) -> Policy:
    return parse(json.dumps({"Statement": list(statements)}))


@pytest.mark.parametrize("broken", [{"Effect": "Maybe"}, {"Effect": "Allow", "Actions": "s3:*"}])
def test_a_statement_that_is_none_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(MalformedPolicyError):
        policy(broken)
