"""The report on rights: used, never used, and the reasons."""

import io

from rich.console import Console

from scripts.check.access.report import draw, parse


def grant(action: str, used: int, resource: str = "arn:aws:s3:::b/events/*", sid: str = "Write") -> dict:
    return {
        "policy": "calls",
        "sid": sid,
        "action": action,
        "resource": resource,
        "conditions": ["Bool a b"],
        "used": used,
    }


def test_given_grants_when_measured_then_what_is_unused_needs_a_reason_and_a_reason_something_unused(known):
    grants = [
        grant("s3:AbortMultipartUpload", 0),
        grant("s3:GetObject", 2),
        grant("s3:PutObject", 1),
        grant("s3:PutObject", 0, "arn:aws:s3:::b/errors/*"),
        grant("s3:PutObject", 0, sid="Other"),
    ]
    role = {"role": "arn:aws:iam::1:role/local-animal-recommender-r", "grants": grants, "denied": []}
    strange = {"role": "arn:aws:iam::1:role/strange", "grants": [grant("s3:*", 0)], "denied": []}
    access = parse({"roles": [role, strange]}, known)
    assert {one.role for one in access.grants} == {"r"}
    assert [(one.sid, one.action) for one in access.grants if one.is_unexplained] == [("Other", "s3:PutObject")]
    assert [one.action for one in access.find_stale(known)] == ["s3:GetObject"]
    console = Console(width=200, file=io.StringIO(), record=True)
    for part in draw(access):
        console.print(part)
    text = console.export_text()
    for words in ("s3:GetObject (2)", "on b/errors/* [2]", "without a reason", "nothing fails"):
        assert words in text
    assert "5 grants (an action on a resource): 2 used, 3 never used, 1 of these without a reason" in text
