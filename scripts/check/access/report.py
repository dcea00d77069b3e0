"""What each role was granted, used, and never used, of the roles of the local system."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from scripts.check.access.reasons import Reason

PREFIX = "local-animal-recommender-"
_ARN = re.compile(r"arn:aws:[\w-]+:[\w-]*:\d*:")
_KEY = re.compile(r"\bkey/[0-9a-f-]{36}\b")


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


def read(told: dict[str, Any], known: Sequence[Reason], prefix: str = PREFIX) -> Access:
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
    """What people read: the statements of each role, the reasons they refer to, and what was refused."""
    notes = {text: number for number, text in enumerate(dict.fromkeys(_reasons(access)), 1)}
    statements = _table("role", "statement", "used (times)", "never used [reason]", "on")
    last = ""
    for (role, sid), grouped in groupby(access.grants, lambda grant: (grant.role, grant.sid)):
        grants = list(grouped)
        shown = "" if role == last else role
        statements.add_row(shown, sid, _used(grants), _unused(grants, notes), _on(grants))
        last = role
    reasons = _table("", "reason, as Terraform gives it")
    for text, number in notes.items():
        reasons.add_row(f"[{number}]", text)
    refused = _table("role", "refused (times)", "on", "why")
    for one in access.denials:
        refused.add_row(one.role, f"{one.action} ({one.times})", _short(one.resource), one.why)
    return [statements, reasons, *([refused] if access.denials else []), _sum(access)]


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="dim")
    for column in columns:
        table.add_column(escape(column), overflow="fold", no_wrap=column in ("role", "statement"))
    return table


def _reasons(access: Access) -> Iterator[str]:
    return (grant.reason.text for grant in access.grants if not grant.used and grant.reason)


def _used(grants: Sequence[Grant]) -> str:
    times: Counter[str] = Counter()
    for grant in grants:
        times[grant.action] += grant.used
    return "\n".join(f"{action} ({count})" for action, count in times.items() if count)


def _unused(grants: Sequence[Grant], notes: Mapping[str, int]) -> str:
    """Actions that no resource of the statement saw, and those that only some did, with these."""
    seen = {grant.action for grant in grants if grant.used}
    return _lines(_never(grant, notes, alone=grant.action not in seen) for grant in grants if not grant.used)


def _never(grant: Grant, notes: Mapping[str, int], *, alone: bool) -> str:
    where = "" if alone else f"\n  on {_short(grant.resource)}"
    why = escape(f"[{notes[grant.reason.text]}]") if grant.reason else "[bold red]without a reason[/bold red]"
    return f"{grant.action}{where} {why}"


def _on(grants: Sequence[Grant]) -> str:
    conditions = (f"if {condition}" for grant in grants for condition in grant.conditions)
    return _lines(map(_short, (*(grant.resource for grant in grants), *conditions)))


def _sum(access: Access) -> str:
    unused = [grant for grant in access.grants if not grant.used]
    unexplained = sum(grant.is_unexplained for grant in unused)
    counted = f"{len(access.grants)} grants (an action on a resource): {len(access.grants) - len(unused)} used"
    return f"{counted}, {len(unused)} never used, {unexplained or 'none'} of these without a reason in Terraform"


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(texts))


def _short(text: str) -> str:
    """A text without what is everywhere the same: partition, region, account and prefix of ARNs, and a key's id."""
    return _KEY.sub("the key", _ARN.sub("", text).replace(PREFIX, "…"))
