"""Justifications are read out of comments in Terraform."""

import pytest

from scripts.check.access.justifications import read_justifications
from scripts.common.environments import ROOT


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


def test_given_two_statements_of_one_name_when_both_explain_a_right_then_both_places_are_named(tmp_path):
    # The local AWS knows a right by role and statement, so a reason would be taken for that of the other statement.
    for name in ("a.tf", "b.tf"):
        (tmp_path / name).write_text('sid = "Find"\n# Unused here: s3:GetObject - a reason')
    with pytest.raises(ValueError, match=r"b\.tf:2: Find, s3:GetObject is explained at a\.tf:2: rename"):
        read_justifications(tmp_path)


def test_the_reasons_of_this_project_can_be_read():
    assert read_justifications(ROOT / "modules")
