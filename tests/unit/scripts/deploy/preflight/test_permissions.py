"""What an apply needs of the credentials, as IAM's simulator says."""

from types import SimpleNamespace

from scripts.common.findings import State
from scripts.deploy.preflight import permissions
from tests.support.service_authorization import expand
from tests.unit.scripts.deploy.preflight.fakes import ACCOUNT, PREFIX, client, only, target


def simulator(allowed):
    """Clients of a role for which the simulator allows what `allowed` says of an action and a resource."""
    asked = []

    def paginate(**request):
        asked.append(request)
        (resource,) = request["ResourceArns"]
        results = [
            {"EvalActionName": one, "EvalDecision": "allowed" if allowed(one, resource) else "implicitDeny"}
            for one in request["ActionNames"]
        ]
        return SimpleNamespace(build_full_result=lambda: {"EvaluationResults": results})

    iam = client(get_role={"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/teams/ops"}})
    iam.get_paginator = lambda operation: SimpleNamespace(paginate=paginate)
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/me"
    return {"sts": client(get_caller_identity={"Account": ACCOUNT, "Arn": session}), "iam": iam}, asked


def test_given_the_policies_of_deployers_then_their_actions_are_required():
    required = permissions.required_actions()
    assert "iam:PassRole" in required["iam"]
    assert "lambda:CreateFunction" in required["lambda"]
    assert "dynamodb:DeleteTable" not in required["dynamodb"]
    assert [one for actions in required.values() for one in actions if not expand(one)] == []


def test_given_rights_on_everything_then_all_is_well_after_one_question_for_each_service():
    clients, asked = simulator(lambda action, resource: resource == "*")
    assert only(permissions.check_permissions(target(clients))).state == State.OK
    assert len(asked) == len(permissions.required_actions())
    assert {one["PolicySourceArn"] for one in asked} == {f"arn:aws:iam::{ACCOUNT}:role/teams/ops"}


def test_given_rights_on_this_systems_names_only_then_all_is_well():
    unscoped = (
        "cloudformation:",
        "cloudfront:Create",
        "ec2:",
        "kms:",
        "kinesis:",
        "logs:",
        "personalize:",
        "sns:",
        "ssm:",
        "states:",
    )
    clients, _ = simulator(
        lambda action, resource: (
            (resource == "*" and action.startswith((*unscoped, "lambda:CreateEventSourceMapping")))
            or PREFIX in resource
            or PREFIX.replace("-", "_") in resource
            or ":cloudfront:" in resource  # its names are ids
            or resource.endswith(("/apis", ":event-source-mapping:00000000", ":catalog"))
        )
    )
    assert only(permissions.check_permissions(target(clients))).state == State.OK


def test_given_an_action_that_is_denied_everywhere_then_it_is_named():
    clients, _ = simulator(lambda action, resource: action != "iam:PassRole")
    finding = only(permissions.check_permissions(target(clients)))
    assert finding.state == State.NOTE
    assert finding.detail == "not allowed: iam:PassRole"
