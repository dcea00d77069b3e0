"""The evaluation of policies: statements, variables, principals, boundaries."""

import json
from typing import Any

import pytest

from local_aws.iam.conditions import Condition, UnsupportedPolicyError
from local_aws.iam.policy import AccessRequest, Policy, Principal, parse
from local_aws.iam.policy_evaluation import Denial, Identity, ResourcePolicy, evaluate

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/a"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/a/s"
BUCKET = "arn:aws:s3:::b"
KEY = "aws:SourceArn"


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"} | elements


def deny(**elements: Any) -> dict[str, Any]:
    return allow(**elements) | {"Effect": "Deny"}


def policy(*statements: dict[str, Any]) -> Policy:
    return parse(json.dumps({"Statement": list(statements)}))


def role(*statements: dict[str, Any], boundary: Policy | None = None) -> Identity:
    return Identity(Principal(ACCOUNT, (ROLE, SESSION)), {"calls": policy(*statements)}, boundary)


def request(action: str = "s3:GetObject", resource: str = f"{BUCKET}/k", **context: str) -> AccessRequest:
    return AccessRequest(action, resource, context)


def test_given_several_values_then_one_must_match_and_every_condition_must_hold() -> None:
    assert Condition("StringEquals", KEY, ["a", "b"]).holds({KEY.lower(): "b"})
    assert not Condition("StringNotEquals", KEY, ["a", "b"]).holds({KEY.lower(): "b"})
    both = allow(Condition={"StringEquals": {"aws:SourceAccount": "1"}, "Bool": {"aws:SecureTransport": "true"}})
    met = {"aws:sourceaccount": "1", "aws:securetransport": "true"}
    assert evaluate(role(both), request(**met)).denial is None
    assert evaluate(role(both), request(**met | {"aws:securetransport": "false"})).denial


@pytest.mark.parametrize(
    "condition",
    [
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"StringEquals": {"aws:ResourceTag/team": "a"}},
        {"StringMatches": {"aws:SourceArn": "a"}},
        {"ForSomeValues:StringEquals": {"aws:SourceArn": "a"}},
    ],
)
def test_given_what_is_not_evaluated_here_then_its_name_is_in_the_error(condition: dict[str, Any]) -> None:
    who = role(allow(Condition=condition))
    with pytest.raises(UnsupportedPolicyError) as raised:
        evaluate(who, request())
    (operator, operands), *_ = condition.items()
    assert operator in str(raised.value) or next(iter(operands)) in str(raised.value)
    # What does not depend on it is decided all the same.
    assert evaluate(who, request("s3:PutObject")).denial is Denial.NO_IDENTITY
    of_bucket = ResourcePolicy(policy(allow(Principal={"AWS": "arn:aws:iam::1:role/b"}, Condition=condition)))
    assert evaluate(role(allow()), request(), of_bucket).denial is None


def test_actions_are_compared_without_case_and_resources_with_it() -> None:
    who = role(allow(Action="S3:getobject"))
    assert evaluate(who, request()).denial is None
    assert evaluate(who, request(resource="arn:aws:s3:::B/k")).denial is Denial.NO_IDENTITY


def test_not_action_and_not_resource_are_everything_else() -> None:
    who = role({"Effect": "Allow", "NotAction": ["s3:Put*"], "NotResource": [f"{BUCKET}/secret/*"]})
    assert evaluate(who, request()).denial is None
    assert evaluate(who, request("s3:PutObject")).denial
    assert evaluate(who, request(resource=f"{BUCKET}/secret/k")).denial


def test_a_variable_is_filled_and_its_value_is_no_pattern() -> None:
    who = role(allow(Resource=f"{BUCKET}/${{aws:PrincipalAccount}}/${{*}}"))
    assert evaluate(who, request(resource=f"{BUCKET}/1/*", **{"aws:principalaccount": "1"})).denial is None
    assert evaluate(who, request(resource=f"{BUCKET}/1/k", **{"aws:principalaccount": "1"})).denial
    assert evaluate(who, request(resource=f"{BUCKET}/2/*", **{"aws:principalaccount": "*"})).denial
    assert evaluate(who, request(resource=f"{BUCKET}//*")).denial
    with pytest.raises(UnsupportedPolicyError, match="aws:PrincipalTag/x"):
        evaluate(role(allow(Resource="${aws:PrincipalTag/x}")), request())


@pytest.mark.parametrize(
    ("principal", "itself", "account"),
    [
        ("*", True, False),
        ({"AWS": "*"}, True, False),
        ({"AWS": ROLE}, True, False),
        ({"AWS": SESSION}, True, False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, False, True),
        ({"AWS": ACCOUNT}, False, True),
        ({"AWS": "arn:aws:iam::999999999999:root"}, False, False),
        ({"Service": "events.amazonaws.com"}, False, False),
    ],
)
def test_a_principal_is_a_role_itself_or_the_account_whose_policies_decide(
    principal: Any, itself: bool, account: bool
) -> None:
    of_bucket = ResourcePolicy(policy(allow(Principal=principal)))
    assert (evaluate(role(), request(), of_bucket).denial is None) is itself
    key = ResourcePolicy(policy(allow(Principal=principal)), governs=True)
    assert (evaluate(role(), request(), key).denial is None) is itself
    assert (evaluate(role(allow()), request(), key).denial is None) is (itself or account)


def test_a_service_needs_the_resources_own_leave() -> None:
    events = Identity(Principal(ACCOUNT, service="events.amazonaws.com"))
    named = ResourcePolicy(policy(allow(Principal={"Service": "events.amazonaws.com"})))
    assert evaluate(events, request(), named).denial is None
    assert evaluate(events, request()).denial is Denial.NO_RESOURCE
    of_account = ResourcePolicy(policy(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})))
    assert evaluate(events, request(), of_account).denial is Denial.NO_RESOURCE


def test_an_explicit_denial_beats_every_leave() -> None:
    for_all = ResourcePolicy(policy(allow(Principal="*"), deny(Principal={"AWS": ROLE})))
    assert evaluate(role(allow()), request(), for_all).denial is Denial.EXPLICIT_RESOURCE
    assert evaluate(role(allow(), deny(Action="s3:*")), request()).denial is Denial.EXPLICIT_IDENTITY
    others = ResourcePolicy(policy({**deny(), "NotPrincipal": {"AWS": [ROLE, SESSION]}}))
    assert evaluate(role(allow()), request(), others).denial is None
    stranger = Identity(Principal(ACCOUNT, ("arn:aws:iam::1:role/b",)), {"calls": policy(allow())})
    assert evaluate(stranger, request(), others).denial is Denial.EXPLICIT_RESOURCE


def test_the_administrator_may_everything_that_is_not_denied_to_everybody() -> None:
    administrator = Identity(Principal(ACCOUNT, (f"arn:aws:iam::{ACCOUNT}:root",)))
    assert evaluate(administrator, request()).denial is None
    without_tls = deny(Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    of_bucket = ResourcePolicy(policy(without_tls))
    assert evaluate(administrator, request(**{"aws:securetransport": "true"}), of_bucket).denial is None
    refused = evaluate(administrator, request(**{"aws:securetransport": "false"}), of_bucket).denial
    assert refused is Denial.EXPLICIT_RESOURCE


def test_a_boundary_limits_what_policies_allow() -> None:
    limit = policy(allow(Resource=f"{BUCKET}/public/*"))
    assert evaluate(role(allow(), boundary=limit), request()).denial is Denial.NO_BOUNDARY
    assert evaluate(role(allow(), boundary=limit), request(resource=f"{BUCKET}/public/k")).denial is None
    forbidden = policy(allow(), deny())
    assert evaluate(role(allow(), boundary=forbidden), request()).denial is Denial.EXPLICIT_BOUNDARY


def test_a_decision_names_the_grants_that_it_rests_on() -> None:
    decision = evaluate(role(allow(Action=["s3:Put*", "s3:Get*"], Resource=["x", f"{BUCKET}/*"])), request())
    ((name, match),) = decision.grants
    assert (name, match.statement.number, match.action, match.resource) == ("calls", 1, "s3:Get*", f"{BUCKET}/*")
