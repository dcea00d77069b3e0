"""What each role was granted, used, and never used, of the roles of the local system."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table

from scripts.access.reasons import Reason

_ARN = re.compile(r"arn:aws:(?P<service>[\w-]+):[\w-]*:\d*:")


@dataclass(frozen=True)
class Grant:
    """An action on a resource pattern that a role was given, how often it was used, and the reason if it never was."""

    role: str
    sid: str
    action: str
    resource: str
    conditions: Sequence[str]
    used: int
    reason: Reason | None

    @property
    def is_unexplained(self) -> bool:
        """Whether it is there for nothing."""
        return not self.used and self.reason is None


@dataclass(frozen=True)
class Denial:
    """What a role was refused."""

    role: str
    action: str
    resource: str
    why: str
    times: int


@dataclass(frozen=True)
class Access:
    """All of it, as the local AWS tells it, with the reasons that stand in Terraform."""

    grants: Sequence[Grant]
    denials: Sequence[Denial]

    def stale(self, known: Sequence[Reason]) -> list[Reason]:
        """Reasons of which nothing is true any more: whatever they are about was used, or is not granted."""
        needed = {grant.reason for grant in self.grants if not grant.used}
        return [reason for reason in known if reason not in needed]


def read(told: dict[str, Any], known: Sequence[Reason], prefix: str) -> Access:
    """Take in what ``/_local/access`` answers, of the roles whose name begins with the prefix."""
    roles = [(role["role"].rsplit("/", 1)[-1], role) for role in told["roles"]]
    ours = [(name, role) for name, role in roles if name.startswith(prefix)]
    return Access(
        [_grant(name.removeprefix(prefix), one, known) for name, role in ours for one in role["grants"]],
        [Denial(name.removeprefix(prefix), **one) for name, role in ours for one in role["denied"]],
    )


def _grant(role: str, told: dict[str, Any], known: Sequence[Reason]) -> Grant:
    sid, action, resource = told["sid"], told["action"], told["resource"]
    reason = next((one for one in known if one.covers(sid, action, resource)), None)
    return Grant(role, sid, action, resource, told["conditions"], told["used"], reason)


def drawn(access: Access) -> list[RenderableType]:
    """The tables that people read: one of the statements of each role, one of what was refused if anything was."""
    table = Table("role", "statement", "used (times)", "never used", "on", "if", box=SIMPLE_HEAD, header_style="dim")
    last = ""
    for (role, sid), grouped in groupby(access.grants, lambda grant: (grant.role, grant.sid)):
        grants = list(grouped)
        resources = _lines(_short(grant.resource) for grant in grants)
        conditions = _lines(_short(one) for grant in grants for one in grant.conditions)
        table.add_row("" if role == last else role, sid, _used(grants), _unused(grants), resources, conditions)
        last = role
    table.caption = _sum(access)
    if not access.denials:
        return [table]
    refused = Table("role", "refused (times)", "on", "why", box=SIMPLE_HEAD, header_style="dim")
    for one in access.denials:
        refused.add_row(one.role, f"{one.action} ({one.times})", _short(one.resource), one.why)
    return [table, refused]


def _used(grants: Sequence[Grant]) -> str:
    times: Counter[str] = Counter()
    for grant in grants:
        times[grant.action] += grant.used
    return "\n".join(f"{action} ({count})" for action, count in times.items() if count)


def _unused(grants: Sequence[Grant]) -> str:
    unused = [grant for grant in grants if not grant.used]
    bare = [f"[bold red]{grant.action} on {_short(grant.resource)}[/bold red]" for grant in unused if not grant.reason]
    by_reason = {grant.reason.text: [] for grant in unused if grant.reason}
    for grant in unused:
        if grant.reason:
            by_reason[grant.reason.text].append(grant.action)
    return "\n".join([*bare, *(f"{_lines(actions)}\n[dim]{text}[/dim]" for text, actions in by_reason.items())])


def _sum(access: Access) -> str:
    unused = [grant for grant in access.grants if not grant.used]
    unexplained = sum(grant.is_unexplained for grant in unused)
    counted = f"{len(access.grants)} grants (an action on a resource): {len(access.grants) - len(unused)} used"
    return f"{counted}, {len(unused)} never used, {unexplained or 'none'} of these without a reason in Terraform"


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(texts))


def _short(arn: str) -> str:
    """A text whose ARNs are without partition, region and account, which are everywhere the same."""
    return _ARN.sub(r"\g<service>:", arn)
