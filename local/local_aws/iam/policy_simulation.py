"""IAM: SimulatePrincipalPolicy, decided by the same evaluation as the calls themselves (API reference)."""

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.exceptions import NoSuchEntity, ValidationError
from moto.iam.responses import IamResponse

from local_aws.iam.actors import Actor, find_role, identity, request_context
from local_aws.iam.policy import AccessRequest
from local_aws.iam.policy_evaluation import Denial, evaluate
from local_aws.moto_patches.patching import correction, set_method

_REGION = "us-east-1"  # IAM is global


@correction
def simulate_policies() -> None:
    """Answer SimulatePrincipalPolicy for roles and users.

    Cause: moto/iam/responses.py does not have the operation. Who has an access key of its own, a user, is an
    administrator here.
    """

    @set_method(IamResponse)
    def simulate_principal_policy(self: IamResponse) -> ActionResult:
        actor = _find_actor(self._get_param("PolicySourceArn"), self.current_account)
        resources = self._get_param("ResourceArns", []) or ["*"]
        results = [_simulate(actor, action, one) for action in self._get_param("ActionNames", []) for one in resources]
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def _find_actor(arn: str, account: str) -> Actor:
    kind = arn.split(":")[-1].partition("/")[0]
    if kind == "user":
        return Actor(account)
    if kind != "role":
        raise ValidationError(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    if find_role(arn) is None:
        raise NoSuchEntity(f"The role {arn} cannot be found.")
    return Actor(account, role_arn=arn)


def _simulate(actor: Actor, action: str, resource: str) -> dict[str, Any]:
    decision = evaluate(identity(actor), AccessRequest(action, resource, request_context(actor, _REGION)))
    return {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": _word(decision.denial),
        "MatchedStatements": [{"SourcePolicyId": name} for name in _matched(decision.grants)],
        "MissingContextValues": [],
    }


def _word(denial: Denial | None) -> str:
    if denial is None:
        return "allowed"
    explicit = {Denial.EXPLICIT_IDENTITY, Denial.EXPLICIT_BOUNDARY, Denial.EXPLICIT_RESOURCE}
    return "explicitDeny" if denial in explicit else "implicitDeny"


def _matched(grants: tuple[tuple[str, Any], ...]) -> Iterator[str]:
    yield from dict.fromkeys(name for name, _ in grants)
