"""Reasons for unused rights, read out of Terraform, and the report that needs them."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from scripts.check.access.justifications import Justification, read_justifications
from scripts.check.access.report import draw, parse
from scripts.common.environments import ROOT

TERRAFORM = """
  statement {
    sid = "Write"
    # Unused here: s3:Abort*, s3:GetObject - nothing is uploaded in parts;
    #   the real service does
    # Unused here: s3:PutObject on */errors/* - nothing fails
    actions = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
  }
  statement { sid = "Log" }
"""


def grant(action: str, used: int, resource: str = "arn:aws:s3:::b/events/*", sid: str = "Write") -> dict:
    return {
        "policy": "calls",
        "sid": sid,
        "action": action,
        "resource": resource,
        "conditions": ["Bool a b"],
        "used": used,
    }


@pytest.fixture
def known(tmp_path: Path) -> list[Justification]:
    (tmp_path / "main.tf").write_text(TERRAFORM)
    return read_justifications(tmp_path)


def test_given_comments_in_a_statement_when_read_then_each_is_of_its_sid_actions_and_resources(known):
    assert [(one.sid, one.action, one.resource, one.place) for one in known] == [
        ("Write", "s3:Abort*", "*", "main.tf:4"),
        ("Write", "s3:GetObject", "*", "main.tf:4"),
        ("Write", "s3:PutObject", "*/errors/*", "main.tf:6"),
    ]
    assert known[0].text == "nothing is uploaded in parts; the real service does"


@pytest.mark.parametrize("text", ["# Unused here: s3:GetObject - no sid above", 'sid = "A"\n# Unused here: why not'])
def test_given_a_comment_that_cannot_be_read_then_its_place_is_named(tmp_path, text):
    (tmp_path / "main.tf").write_text(text)
    with pytest.raises(ValueError, match=r"main\.tf:\d: not of the form"):
        read_justifications(tmp_path)


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


def test_the_reasons_of_this_project_can_be_read():
    assert read_justifications(ROOT / "modules")
