"""The rights of each role of the local system: granted, used and never used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypedDict

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from scripts.check.access.justifications import Justification

PREFIX = "local-animal-recommender-"
_ARN = re.compile(r"arn:aws:[\w-]+:[\w-]*:\d*:")
_KEY = re.compile(r"\bkey/[0-9a-f-]{36}\b")


class GrantDocument(TypedDict):
    """A right in the local AWS's record of access."""

    sid: str
    action: str
    resource: str
    conditions: Sequence[str]
    used: int


class DenialDocument(TypedDict):
    """A refusal in the local AWS's record of access."""

    action: str
    resource: str
    why: str
    times: int


class RoleDocument(TypedDict):
    """A role in the local AWS's record of access; `role` is its ARN."""

    role: str
    grants: Sequence[GrantDocument]
    denied: Sequence[DenialDocument]


class AccessDocument(TypedDict):
    """The local AWS's record of access (``/_local/access``)."""

    roles: Sequence[RoleDocument]


@dataclass(frozen=True)
class Grant:
    """An action on a resource pattern that a role may do, how often it did, and the justification if it never did."""

    role: str
    sid: str
    action: str
    resource: str
    conditions: Sequence[str]
    used: int
    justification: Justification | None

    @property
    def is_unexplained(self) -> bool:
        """Whether the right was never used and nothing justifies it."""
        return not self.used and self.justification is None


@dataclass(frozen=True)
class Denial:
    """An action that a role was refused."""

    role: str
    action: str
    resource: str
    why: str
    times: int


@dataclass(frozen=True)
class Access:
    """The rights of all roles, with the justifications in Terraform."""

    grants: Sequence[Grant]
    denials: Sequence[Denial]

    def find_stale(self, known: Sequence[Justification]) -> list[Justification]:
        """Return justifications that are no longer true: all that they are about was used, or is not granted."""
        needed = {grant.justification for grant in self.grants if not grant.used}
        return [justification for justification in known if justification not in needed]


def parse(document: AccessDocument, known: Sequence[Justification], prefix: str = PREFIX) -> Access:
    """Return the rights in the local AWS's record, of the roles with the prefix in their name."""
    roles = [(role["role"].rsplit("/", 1)[-1], role) for role in document["roles"]]
    ours = [(name.replace(prefix, ""), role) for name, role in roles if prefix in name]
    return Access(
        [_grant(name, one, known) for name, role in ours for one in role["grants"]],
        [Denial(name, **one) for name, role in ours for one in role["denied"]],
    )


def _grant(role: str, document: GrantDocument, known: Sequence[Justification]) -> Grant:
    sid, action, resource = document["sid"], document["action"], document["resource"]
    justification = next((one for one in known if one.covers(sid, action, resource)), None)
    return Grant(role, sid, action, resource, document["conditions"], document["used"], justification)


def draw(access: Access) -> list[RenderableType]:
    """Return what people read: the statements of each role, the numbered reasons, the refusals, and a sum."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(_reasons(access)), 1)}
    parts: list[RenderableType] = [_draw_statements(access, numbers), _draw_reasons(numbers)]
    return [*parts, *([_draw_denials(access)] if access.denials else []), _sum(access)]


def _draw_statements(access: Access, numbers: Mapping[str, int]) -> Table:
    table = _table("role", "statement", "used (times)", "never used [reason]", "on")
    last = ""
    for (role, sid), grouped in groupby(access.grants, lambda grant: (grant.role, grant.sid)):
        grants = list(grouped)
        table.add_row("" if role == last else role, sid, _used(grants), _unused(grants, numbers), _on(grants))
        last = role
    return table


def _draw_reasons(numbers: Mapping[str, int]) -> Table:
    table = _table("", "reason, as Terraform gives it")
    for text, number in numbers.items():
        table.add_row(f"[{number}]", text)
    return table


def _draw_denials(access: Access) -> Table:
    table = _table("role", "refused (times)", "on", "why")
    for denial in access.denials:
        table.add_row(denial.role, f"{denial.action} ({denial.times})", _shorten(denial.resource), denial.why)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="dim")
    for column in columns:
        table.add_column(escape(column), overflow="fold", no_wrap=column in ("role", "statement"))
    return table


def _reasons(access: Access) -> Iterator[str]:
    return (grant.justification.text for grant in access.grants if not grant.used and grant.justification)


def _used(grants: Sequence[Grant]) -> str:
    times: Counter[str] = Counter()
    for grant in grants:
        times[grant.action] += grant.used
    return "\n".join(f"{action} ({count})" for action, count in times.items() if count)


def _unused(grants: Sequence[Grant], numbers: Mapping[str, int]) -> str:
    """Return the actions that were never used; one that was used on some resources is shown with the others."""
    used = {grant.action for grant in grants if grant.used}
    return _lines(_never(grant, numbers, alone=grant.action not in used) for grant in grants if not grant.used)


def _never(grant: Grant, numbers: Mapping[str, int], *, alone: bool) -> str:
    where = "" if alone else f"\n  on {_shorten(grant.resource)}"
    if grant.justification is None:
        return f"{grant.action}{where} [bold red]without a reason[/bold red]"
    return f"{grant.action}{where} {escape(f'[{numbers[grant.justification.text]}]')}"


def _on(grants: Sequence[Grant]) -> str:
    conditions = (f"if {condition}" for grant in grants for condition in grant.conditions)
    return _lines(map(_shorten, (*(grant.resource for grant in grants), *conditions)))


def _sum(access: Access) -> str:
    unused = [grant for grant in access.grants if not grant.used]
    unexplained = sum(grant.is_unexplained for grant in unused)
    counted = f"{len(access.grants)} grants (an action on a resource): {len(access.grants) - len(unused)} used"
    return f"{counted}, {len(unused)} never used, {unexplained or 'none'} of these without a reason in Terraform"


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(texts))


def _shorten(text: str) -> str:
    """Return a text without what is the same everywhere: an ARN's partition, region, account and prefix, a key's id."""
    return _KEY.sub("the key", _ARN.sub("", text).replace(PREFIX, "…"))
