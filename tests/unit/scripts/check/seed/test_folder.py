"""The folder of an environment is the one that Terraform uses, and is checked as the upload will send it."""

from pathlib import Path
from typing import Any

import pytest

from scripts.check.seed import folder
from scripts.check.seed.findings import ERROR, WARNING
from scripts.check.seed.folder import SeedFolder, check_environment, folder_of
from scripts.common.environments import ROOT
from tests.unit.scripts.check.seed.conftest import INTERACTIONS, ITEMS, NOW, interactions, met


def variables(directory: str | None, *item_ids: str, rebase: bool = False) -> dict[str, Any]:
    """The variables of an environment whose re-ranker has these canary items."""
    canary = {"user_ids": [], "item_ids": list(item_ids) or None}
    return {
        "seed": {"directory": directory, "rebase": rebase},
        "models": {"reranker": {"canary": canary}},
        "event_types": ["DetailView", "Favorite"],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with good data."""
    (tmp_path / "items.csv").write_text(ITEMS, encoding="utf-8")
    (tmp_path / "interactions.csv").write_text(interactions(), encoding="utf-8")
    return tmp_path


def test_given_no_folder_then_it_is_the_examples() -> None:
    assert folder_of(variables(None)).path == ROOT / "seed"


@pytest.mark.parametrize("directory", ["terraform/../pets", "../pets", "pets"])
def test_given_a_relative_folder_then_it_is_found_from_terraform_or_from_the_repository(
    directory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pets").mkdir()
    (tmp_path / "terraform").mkdir()
    (tmp_path / "pets" / "items.csv").write_text(ITEMS, encoding="utf-8")
    monkeypatch.setattr(folder, "ROOT", tmp_path)
    monkeypatch.setattr(folder, "TERRAFORM_DIRECTORY", tmp_path / "terraform")
    assert folder_of(variables(directory)).path == tmp_path / "pets"


def test_given_times_that_will_be_moved_then_neither_age_nor_future_counts(data: Path) -> None:
    for now in (NOW - 86_400, NOW + 90 * 86_400):
        kept, moved = (SeedFolder(data, rebase).check(now)[1] for rebase in (False, True))
        assert ("time range", None) in {(rule, None) for _, rule in kept.findings.counts}
        assert not moved.findings.counts


@pytest.mark.parametrize("text", ["", "no header", '"open', f"{INTERACTIONS}\n1,2,3"])
def test_given_a_file_without_times_when_checked_then_its_fault_is_named(data: Path, text: str) -> None:
    (data / "interactions.csv").write_text(text, encoding="utf-8")
    assert SeedFolder(data, rebase=True).check(NOW)[1].findings.total(ERROR)


def test_given_a_canary_item_that_the_items_lack_then_it_is_an_error_with_its_model(data: Path) -> None:
    items, _ = check_environment(variables(str(data), "2-Pug-2-1", "2-Pug-2", rebase=True))
    assert met(items) == [("canary", None, "ITEM_ID")]
    message = items.findings.examples[ERROR, "canary"][0].message
    assert "'2-Pug-2' is not in it, but in models.reranker.canary.item_ids" in message


def test_given_no_canary_items_then_nothing_is_compared(data: Path) -> None:
    assert not check_environment(variables(str(data), rebase=True))[0].findings.counts


def test_given_an_event_type_that_apps_will_not_send_then_it_is_warned_of_with_its_number(data: Path) -> None:
    rows = [f"{number},2-Pug-2-1,{NOW - number},detail_view" for number in range(3)]
    (data / "interactions.csv").write_text(interactions(*rows), encoding="utf-8")
    found = check_environment(variables(str(data), rebase=True))[1].findings.examples[WARNING, "event types"]
    assert [one.message for one in found] == [
        "'detail_view' is not in the variable event_types, 3 interactions; did you mean 'DetailView'?"
    ]


def test_given_files_under_each_others_names_then_that_is_asked(data: Path) -> None:
    (data / "items.csv").write_text(interactions(), encoding="utf-8")
    found = SeedFolder(data, rebase=False).check(NOW)[0].findings
    assert [one.message for examples in found.examples.values() for one in examples] == [
        "these are interactions, with a USER_ID; are the two files exchanged?"
    ]


def test_given_an_own_schema_then_it_counts_for_its_file(data: Path) -> None:
    (data / "schemas").mkdir()
    text = (ROOT / "seed" / "schemas" / "items.json").read_text(encoding="utf-8")
    (data / "schemas" / "items.json").write_text(text.replace("CREATION_TIMESTAMP", "LISTED"), encoding="utf-8")
    items, others = SeedFolder(data, rebase=False).check(NOW)
    assert {example.column for example in items.findings.examples[ERROR, "header"]} == {None, "CREATION_TIMESTAMP"}
    assert not others.findings.counts
    assert items.findings.total(WARNING) == 0
