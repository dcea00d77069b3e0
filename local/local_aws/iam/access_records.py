"""What each role used of what it was granted, and what it was refused."""

import threading
from collections import Counter
from typing import Any

from moto.iam.models import Role, iam_backends

from local_aws.iam.actors import role_policies
from local_aws.iam.policy import Request, Statement
from local_aws.iam.policy_evaluation import Decision

# Name of the policy, number of the statement, action pattern, resource pattern.
_Grant = tuple[str, int, str, str]


class Journal:
    """Counts uses; safe to write from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[str, Counter[_Grant]] = {}
        self._denied: dict[str, Counter[tuple[str, str, str]]] = {}

    def note(self, role_arn: str, request: Request, decision: Decision) -> None:
        """Write down what was decided of a role's request."""
        with self._lock:
            if decision.refused:
                denied = (request.action, request.resource, decision.refused.sentence(request.action))
                self._denied.setdefault(role_arn, Counter())[denied] += 1
            used = self._used.setdefault(role_arn, Counter())
            for policy, match in decision.grants:
                used[(policy, match.statement.number, match.action, match.resource)] += 1

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._used.clear()
            self._denied.clear()

    def report(self) -> list[dict[str, Any]]:
        """Return for each role that exists what it is granted, how often it used it, and what it was refused."""
        roles = [role for account in list(iam_backends.values()) for role in list(account["aws"].roles.values())]
        return [self._of_role(role) for role in sorted(roles, key=lambda role: role.arn)]

    def _of_role(self, role: Role) -> dict[str, Any]:
        with self._lock:
            used = Counter(self._used.get(role.arn, {}))
            denied = Counter(self._denied.get(role.arn, {}))
        return {
            "role": role.arn,
            "grants": [
                _shown(name, statement, action, resource) | {"used": used[(name, statement.number, action, resource)]}
                for name, policy in role_policies(role)
                for statement in policy.of_effect("Allow")
                for action in statement.actions
                for resource in statement.resources
            ],
            "denied": [
                {"action": action, "resource": resource, "why": why, "times": times}
                for (action, resource, why), times in sorted(denied.items())
            ],
        }


def _shown(policy: str, statement: Statement, action: str, resource: str) -> dict[str, Any]:
    conditions = [f"{one.operator} {one.key} {' or '.join(one.values)}" for one in statement.conditions]
    return {
        "policy": policy,
        "sid": statement.sid or str(statement.number),
        "action": action,
        "resource": resource,
        "conditions": conditions,
    }
