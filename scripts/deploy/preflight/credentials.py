"""Check how long the credentials last: a first apply takes one to two hours, and one that is cut off is laborious.

What botocore knows is used, by its public interface only. Credentials that it renews itself have a time at which they
are renewed, of which `refresh_needed` tells. Static credentials have none: a session token does not say when it ends,
unless the variable AWS_CREDENTIAL_EXPIRATION does, which `aws configure export-credentials --format env` sets.
(botocore takes credentials with that variable for renewable ones, but a process's environment does not change.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.credentials import RefreshableCredentials
from botocore.session import Session

from scripts.common.findings import Finding, State
from scripts.deploy.preflight.checks import Target

LONGEST_APPLY_MINUTES = 120
_DAY = 24 * 60
_SUBJECT = "Credentials last"
_HOW = "before the first apply, take credentials that last two hours or renew themselves: docs/first-deployment.md, 2"
# How botocore got credentials that it can renew -> what the renewal depends on, if not on other credentials.
_RENEWALS = {
    "sso": "while the SSO session lasts; `aws sso login` begins a new one",
    "login": "while the login session lasts; `aws login` begins a new one",
    "custom-process": "by credential_process, if it answers without you",
}


def check_duration(target: Target) -> Iterator[Finding]:
    """Find out whether the credentials last as long as a first apply takes."""
    state, detail = _describe(Session())
    yield Finding(_SUBJECT, state, detail, "" if state is State.OK else _HOW)


def _describe(session: Session) -> tuple[State, str]:
    credentials = session.get_credentials()
    if credentials is None:
        return State.FAILED, "there are none"
    if credentials.method == "env":
        return _describe_static(credentials.token, os.environ.get("AWS_CREDENTIAL_EXPIRATION"))
    if not isinstance(credentials, RefreshableCredentials):
        return _describe_static(credentials.token, None)
    if credentials.method == "assume-role":
        return _describe_role(session, credentials)
    if credentials.method == "assume-role-with-web-identity":
        left = _describe_minutes(minutes_left(credentials))
        return State.NOTE, f"{left}; then renewed with the token file, and whether somebody renews that is not known"
    return State.OK, f"renewed by themselves {_RENEWALS.get(credentials.method, '')}".rstrip()


def _describe_static(token: str | None, ends: str | None) -> tuple[State, str]:
    if not token:
        return State.OK, "without an end: long-term keys"
    if not ends:
        return State.NOTE, "not known how long: a session token does not say it"
    try:
        left = (_parse(ends) - datetime.now(UTC)).total_seconds() / 60
    except ValueError:
        return State.NOTE, "not known how long: AWS_CREDENTIAL_EXPIRATION is no time in ISO 8601"
    return State.OK if left >= LONGEST_APPLY_MINUTES else State.NOTE, _describe_minutes(left)


def _parse(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _describe_role(session: Session, credentials: RefreshableCredentials) -> tuple[State, str]:
    """Describe a role of a profile, which is assumed again whenever its session ends, with the profile's source."""
    profile = session.get_scoped_config()
    left = _describe_minutes(minutes_left(credentials))
    if "mfa_serial" in profile:
        return State.NOTE, f"{left}; then the role asks for an MFA code, which Terraform cannot enter"
    state, source = _describe_source(session, profile)
    if state is State.OK:
        return State.OK, f"renewed by themselves; the source's: {source}"
    return state, f"{left}; then renewed with the source's credentials, and these last: {source}"


def _describe_source(session: Session, profile: Mapping[str, Any]) -> tuple[State, str]:
    """Describe the credentials with which a profile assumes its role: another profile's, its own, or a service's."""
    name = profile.get("source_profile")
    if name and name != (session.profile or "default"):
        return _describe(Session(profile=name))
    if name:
        return _describe_static(profile.get("aws_session_token"), None)
    if profile.get("credential_source") == "Environment":
        return _describe_static(os.environ.get("AWS_SESSION_TOKEN"), os.environ.get("AWS_CREDENTIAL_EXPIRATION"))
    return State.OK, "renewed by the machine that this runs on"


def minutes_left(credentials: RefreshableCredentials) -> int:
    """Return in how many minutes renewable credentials must be renewed, at most a day."""
    credentials.get_frozen_credentials()  # a role is assumed only when it is used
    low, high = 0, _DAY
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (low, middle - 1) if credentials.refresh_needed(middle * 60) else (middle, high)
    return low


def _describe_minutes(minutes: float) -> str:
    hours, rest = divmod(max(int(minutes), 0), 60)
    return f"for {hours} h {rest:02} min more; a first apply takes one to two hours"
