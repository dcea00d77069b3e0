"""Least privilege, measured: what every role was granted against what the whole suite used of it.

These tests run after all that use the system, and before those that destroy it. They are skipped if only a part of the
suite runs, because such a run says nothing about what is never used.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.after_all_others(1)


def of_the_system(found):
    """Leave out the deployers, which have not destroyed anything yet (test_deployers.py)."""
    return [one for one in found if not one.role.startswith("deployer-")]


def test_nothing_is_granted_that_is_neither_used_nor_explained(access):
    unexplained = [grant for grant in of_the_system(access.grants) if grant.is_unexplained]
    assert unexplained == []


def test_every_explanation_is_of_something_unused(access, known):
    assert access.find_stale(known) == []


def test_every_role_did_something_and_was_refused_only_what_a_test_took_away(access):
    grants = of_the_system(access.grants)
    assert {grant.role for grant in grants if grant.used} == {grant.role for grant in grants}
    refused = {(denial.role, denial.action) for denial in of_the_system(access.denials)}
    assert refused == {
        ("create-solution-version", "personalize:CreateSolutionVersion"),
        ("get-history", "kms:Decrypt"),
    }
