"""Good files pass; what cannot be checked says why."""

from collections.abc import Callable
from pathlib import Path

from scripts.check.seed.findings import ERROR
from scripts.check.seed.validation import Report, validate
from tests.unit.scripts.check.seed.conftest import ITEMS, NOW, interactions, met


def test_given_good_files_then_nothing_is_noted(report: Callable[..., Report]) -> None:
    found = report(interactions(), ITEMS)
    assert found.summary == "1,001 interactions of 30 users, 2025-01-01 to 2025-01-01"
    assert not found.findings.counts
    assert not report(ITEMS).findings.counts


def test_given_a_schema_that_is_wrong_then_the_file_has_that_one_error(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "items.json").write_text("{,}", encoding="utf-8")
    (tmp_path / "items.csv").write_text(ITEMS, encoding="utf-8")
    (report,) = validate([tmp_path / "items.csv"], NOW)
    assert report.summary == "not checked further"
    assert met(report) == [("schema", None, None)]
    assert "items.json, line 1, is not JSON" in report.findings.examples[ERROR, "schema"][0].message


def test_given_a_folder_of_schemas_then_it_counts_instead_of_the_files_own(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(ITEMS, encoding="utf-8")
    (report,) = validate([tmp_path / "items.csv"], NOW, schemas=tmp_path / "elsewhere")
    assert "elsewhere/items.json cannot be read" in report.findings.examples[ERROR, "schema"][0].message


def test_given_items_that_cannot_be_read_then_no_interaction_is_blamed_for_it(report: Callable[..., Report]) -> None:
    assert not report(interactions(), items="").findings.counts
