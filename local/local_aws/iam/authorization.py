"""The one place where it is decided whether somebody may do something."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from werkzeug import Response

from local_aws.iam.access_denied import RefusedError, respond
from local_aws.iam.access_records import Journal
from local_aws.iam.actors import Actor, context, has_roles, identity
from local_aws.iam.api_calls import Call, UnknownCallError, read_call
from local_aws.iam.policy import Request
from local_aws.iam.policy_evaluation import evaluate
from local_aws.iam.required_permissions import Need, needs
from local_aws.iam.resource_policies import object_exists, policy_of
from local_aws.iam.role_passing import hands_role, refuse_role
from local_aws.iam.trust_policies import require_trust
from local_aws.kms.key_usage import Use, key_uses
from local_aws.logs.key_policies import hands_key, refuse_key

# Personalize reads and writes S3 with the role *and* as a service: both must be allowed.
# https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
_TWICE = ("personalize.amazonaws.com", "s3:")
# Services whose resources can deny the administrator too.
_DENYING = {"kms", "s3", "sns", "sqs"}
_PARTS = ("CompleteMultipartUpload", "CreateMultipartUpload", "UploadPart", "UploadPartCopy")


class Guard:
    """Checks calls, and what parts of the local AWS do without calling."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def refuse(self, environ: dict[str, Any], actor: Actor, signing_name: str, region: str) -> Response | None:
        """Return the refusal of a request, or None when it may go on; leaves its body readable.

        Raises:
            UnknownCallError: what a role's call needs cannot be told.
            UnsupportedPolicyError: a policy says what is not evaluated here.
        """
        restricted = not actor.is_administrator or signing_name in _DENYING
        if not (restricted or hands_role(environ, signing_name) or hands_key(environ)):
            return None
        call = read_call(environ, signing_name, actor.account, region)
        try:
            self.require(actor, region, _uses(call, actor) if restricted else ())
        except RefusedError as refused:
            return respond(call, refused)
        return refuse_role(call) or refuse_key(call)

    def require(self, actor: Actor, region: str, uses: Iterable[Use]) -> None:
        """Return when an actor may do all of it.

        Raises:
            RefusedError: it may not.
        """
        if not actor.is_administrator and not has_roles(actor.account):
            return
        for use in uses:
            self._decide(actor, region, use)
            service, prefix = _TWICE
            if actor.role_arn and actor.service == service and use.action.startswith(prefix):
                self._decide(Actor(actor.account, service, actor.source_arn), region, use)

    def act(self, actor: Actor, region: str, *uses: Use) -> None:
        """Return when a service, with its role if it takes one, may do all of it, and use the keys for it.

        For what parts of the local AWS do without a call; raises RefusedError.
        """
        if has_roles(actor.account):
            if actor.role_arn:
                require_trust(actor, region)
            self.require(actor, region, (one for use in uses for one in (use, *key_uses(use, actor.account, region))))

    def _decide(self, actor: Actor, region: str, use: Use) -> None:
        request = Request(use.action, use.resource, {**context(actor, region), **use.context})
        decision = evaluate(identity(actor), request, policy_of(use.resource, actor.account))
        if actor.role_arn:
            self._journal.note(actor.role_arn, request, decision)
        if decision.refused:
            raise RefusedError(actor, use, decision.refused.sentence(use.action))


def _uses(call: Call, actor: Actor) -> Iterator[Use]:
    """Yield what a call needs, of keys too; the administrator may use every key that leaves it to the account."""
    keys = _condition_keys(call)
    for action, resource in _needs(call, actor):
        use = Use(action, resource, keys)
        yield use
        if action == "s3:GetObject" and not actor.is_administrator and not object_exists(resource, actor.account):
            # Only who may list a bucket is told that something is not in it.
            yield Use("s3:ListBucket", resource.partition("/")[0])
        if not actor.is_administrator and call.operation != "HeadObject":
            upload = call.headers if action == "s3:PutObject" else None
            in_parts = call.operation in _PARTS
            yield from key_uses(use, actor.account, call.region, upload, in_parts=in_parts)


def _needs(call: Call, actor: Actor) -> list[Need]:
    try:
        return needs(call)
    except UnknownCallError:
        if actor.is_administrator:
            return []
        raise


def _condition_keys(call: Call) -> Mapping[str, str]:
    if call.service != "s3":
        return {}
    names = ("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")
    keys = {f"s3:{name}": call.headers[name] for name in names if name in call.headers}
    return keys | ({"s3:prefix": call.parameters["prefix"]} if "prefix" in call.parameters else {})
