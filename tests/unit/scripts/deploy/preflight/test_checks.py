"""A check that cannot be done is a finding."""

import pytest

from scripts.common.findings import State
from scripts.deploy.preflight import quotas
from scripts.deploy.preflight.checks import Check, run_check
from tests.unit.scripts.deploy.preflight.fakes import client, error, only, target


@pytest.mark.parametrize("code", ["AccessDeniedException", "404"])
def test_what_may_not_be_looked_at_is_a_warning(code):
    finding = only(
        run_check(
            Check("Lambda concurrency", quotas.check_concurrency),
            target({"lambda": client(get_account_settings=error(code))}),
        )
    )
    assert (finding.subject, finding.state) == ("Lambda concurrency", State.NOTE)
    assert finding.detail == f"Look: {code}: because"
