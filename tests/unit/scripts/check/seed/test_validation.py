"""Good files pass."""

from collections.abc import Callable

from scripts.check.seed.validation import Report
from tests.unit.scripts.check.seed.conftest import ITEMS, interactions


def test_given_good_files_then_nothing_is_noted(report: Callable[..., Report]) -> None:
    found = report(interactions(), ITEMS)
    assert found.summary == "1,001 interactions of 30 users, 2025-01-01 to 2025-01-01"
    assert not found.findings.counts
    assert not report(ITEMS).findings.counts
