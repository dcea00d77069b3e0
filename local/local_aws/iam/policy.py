"""The policy language: statements, and whether one matches a request. Pure: no AWS, no moto.

Rules: IAM user guide, "IAM JSON policy elements reference" and "Policy evaluation logic".
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from local_aws.iam.conditions import Condition, Context, matches, substitute

_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}


class MalformedPolicyError(ValueError):
    """A policy document that IAM would reject."""


@dataclass(frozen=True)
class AccessRequest:
    """A request for one action on one resource.

    Attributes:
        action: such as `s3:GetObject`.
        resource: an ARN, or `*` for an action without a resource.
        context: condition keys and their values.
    """

    action: str
    resource: str
    context: Context


@dataclass(frozen=True)
class Principal:
    """The names that resource policies may use for who makes a request.

    Attributes:
        account: its account; policies write the number or `arn:aws:iam::…:root`.
        arns: ARNs of a role and of its session; none for a service.
        service: such as `events.amazonaws.com`; None for a role.
    """

    account: str
    arns: tuple[str, ...] = ()
    service: str | None = None


@dataclass(frozen=True)
class Match:
    """A statement that matches a request, with the action and the resource pattern that match."""

    statement: "Statement"
    action: str
    resource: str


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement; `number` counts from 1 in its policy."""

    number: int
    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    excludes_actions: bool = False
    excludes_resources: bool = False
    principals: Mapping[str, tuple[str, ...]] | None = None
    excludes_principals: bool = False

    def match(self, request: AccessRequest) -> Match | None:
        """Return how the statement matches a request; None when it does not.

        Raises:
            UnsupportedPolicyError: the result depends on a condition, or a variable, that is not evaluated here.
        """
        actions = [pattern for pattern in self.actions if matches(pattern, request.action, any_case=True)]
        if bool(actions) == self.excludes_actions:
            return None
        filled = [(pattern, substitute(pattern, request.context)) for pattern in self.resources]
        resources = [pattern for pattern, text in filled if matches(text, request.resource)]
        if bool(resources) == self.excludes_resources:
            return None
        if not all(condition.holds(request.context) for condition in self.conditions):
            return None
        return Match(self, (actions or ["*"])[0], (resources or ["*"])[0])

    def names(self, principal: Principal) -> bool:
        """Whether the statement names the principal itself: a role, a session, a service, or everybody."""
        return self._named(("*", *principal.arns), principal.service) != self.excludes_principals

    def names_account(self, principal: Principal) -> bool:
        """Whether the statement names the principal's account: then the identity-based policies decide."""
        account = (principal.account, f"arn:aws:iam::{principal.account}:root")
        return not self.excludes_principals and principal.service is None and self._named(account, None)

    def _named(self, arns: Sequence[str], service: str | None) -> bool:
        if self.principals is None:
            return False
        named = self.principals.get("AWS", ())
        return any(arn in named for arn in arns) or service in self.principals.get("Service", ()) or "*" in named


class Policy:
    """A parsed policy document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Parse.

        Raises:
            MalformedPolicyError: a statement is malformed.
        """
        given = document.get("Statement", [])
        listed = [given] if isinstance(given, Mapping) else given
        self.statements = tuple(_statement(number, one) for number, one in enumerate(listed, 1))

    def of_effect(self, effect: str) -> Iterator[Statement]:
        """Yield the statements with the effect `Allow` or `Deny`."""
        return (statement for statement in self.statements if statement.effect == effect)


@lru_cache(maxsize=4096)
def parse(text: str) -> Policy:
    """Parse a policy's JSON text; cached by text."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise MalformedPolicyError(f"a policy is not JSON: {error}") from None
    return Policy(document)


def _statement(number: int, given: Mapping[str, Any]) -> Statement:
    if unknown := set(given) - _ELEMENTS:
        raise MalformedPolicyError(f"statement {number} has unknown elements: {', '.join(sorted(unknown))}")
    if given.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicyError(f"statement {number}: Effect must be Allow or Deny, not {given.get('Effect')!r}")
    principals = given.get("Principal", given.get("NotPrincipal"))
    return Statement(
        number=number,
        sid=given.get("Sid", ""),
        effect=given["Effect"],
        actions=_texts(given.get("Action", given.get("NotAction"))),
        excludes_actions="NotAction" in given,
        # A trust policy has no resource: it belongs to its role.
        resources=_texts(given.get("Resource", given.get("NotResource", "*"))),
        excludes_resources="NotResource" in given,
        conditions=tuple(_conditions(given.get("Condition") or {})),
        principals=None if principals is None else _principals(principals),
        excludes_principals="NotPrincipal" in given,
    )


def _conditions(given: Mapping[str, Mapping[str, Any]]) -> Iterator[Condition]:
    for operator, operands in given.items():
        for key, values in operands.items():
            yield Condition(operator, key, _texts(values))


def _principals(given: Any) -> dict[str, tuple[str, ...]]:
    if given == "*":
        return {"AWS": ("*",), "Service": ("*",)}
    return {kind: _texts(names) for kind, names in given.items()}


def _texts(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in listed)
