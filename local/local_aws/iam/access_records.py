"""Records of access: how often each role used each grant, and what it was denied."""

import threading
from collections import Counter
from typing import Any

from moto.iam.models import Role, iam_backends

from local_aws.iam.actors import role_policies
from local_aws.iam.policy import AccessRequest, Statement
from local_aws.iam.policy_evaluation import Decision

# Name of the policy, number of the statement, action pattern, resource pattern.
_Grant = tuple[str, int, str, str]

# Different ones of one role; the oldest are forgotten. A resource may be an object, of which there are many.
_MAXIMUM_DENIALS = 1_000


class AccessRecords:
    """Counts of granted and denied requests for each role; thread safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[str, Counter[_Grant]] = {}
        self._denied: dict[str, Counter[tuple[str, str, str]]] = {}

    def record(self, role_arn: str, request: AccessRequest, decision: Decision) -> None:
        """Count one decision on a request of a role."""
        with self._lock:
            if decision.denial:
                denied = (request.action, request.resource, decision.denial.message(request.action))
                counts = self._denied.setdefault(role_arn, Counter())
                counts[denied] += 1
                if len(counts) > _MAXIMUM_DENIALS:
                    del counts[next(iter(counts))]
            used = self._used.setdefault(role_arn, Counter())
            for policy, match in decision.grants:
                used[(policy, match.statement.number, match.action, match.resource)] += 1

    def clear(self) -> None:
        """Set all counts to zero."""
        with self._lock:
            self._used.clear()
            self._denied.clear()

    def report(self) -> list[dict[str, Any]]:
        """Return for each existing role its grants with the number of their uses, and what it was denied."""
        roles = [role for account in list(iam_backends.values()) for role in list(account["aws"].roles.values())]
        return [self._report_of(role) for role in sorted(roles, key=lambda role: role.arn)]

    def summary(self) -> list[dict[str, Any]]:
        """Return for each existing role the number of its grants, how many of them were used, and what was denied."""
        return [
            {
                "role": one["role"],
                "grants": len(one["grants"]),
                "used": sum(grant["used"] > 0 for grant in one["grants"]),
                "denied": one["denied"],
            }
            for one in self.report()
        ]

    def _report_of(self, role: Role) -> dict[str, Any]:
        with self._lock:
            used = Counter(self._used.get(role.arn, {}))
            denied = Counter(self._denied.get(role.arn, {}))
        return {
            "role": role.arn,
            "grants": [
                _describe(name, statement, action, resource)
                | {"used": used[(name, statement.number, action, resource)]}
                for name, policy in role_policies(role)
                for statement in policy.of_effect("Allow")
                for action in statement.actions
                for resource in statement.resources
            ],
            "denied": [
                {"action": action, "resource": resource, "why": reason, "times": times}
                for (action, resource, reason), times in sorted(denied.items())
            ],
        }


def _describe(policy: str, statement: Statement, action: str, resource: str) -> dict[str, Any]:
    conditions = [f"{one.operator} {one.key} {' or '.join(one.values)}" for one in statement.conditions]
    return {
        "policy": policy,
        "sid": statement.sid or str(statement.number),
        "action": action,
        "resource": resource,
        "conditions": conditions,
    }
