"""The reference names every field, parameter and variable, and the run-book every alarm."""

import ast
import re

import pytest

from scripts.common.environments import ROOT

REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
RUN_BOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def found(pattern: str, *globs: str) -> set[str]:
    """Return what the pattern's group matches in the files; there must be something."""
    texts = [path.read_text(encoding="utf-8") for glob in globs for path in sorted(ROOT.glob(glob))]
    matches = {match for text in texts for match in re.findall(pattern, text, re.MULTILINE)}
    assert matches, f"nothing matches {pattern} in {globs}"
    return matches


@pytest.mark.parametrize(
    "function", ["animal_recommender", "recommend", "rerank", "similar", "get_history", "put_pets", "start_batch"]
)
def test_given_the_parsers_of_events_and_requests_then_each_field_is_described(function: str) -> None:
    fields = found(r"\.(?:read_\w+|value)\(\"(\w+)\"", f"functions/{function}/*.py")
    assert {field for field in fields if f"`{field}`" not in REFERENCE and f".{field}`" not in REFERENCE} == set()


def test_given_the_published_parameters_then_each_is_described() -> None:
    names = found(r"^ {6}([a-z][a-z-]+) += ", "terraform/parameters.tf")
    names |= found(r"\"([a-z-]+/)\$\{", "terraform/parameters.tf")
    assert {name for name in names if f"`{name}" not in REFERENCE} == set()


def test_given_the_settings_of_functions_then_each_variable_is_described() -> None:
    fields = {
        field.target.id
        for path in ROOT.glob("functions/*/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Settings")
        for field in node.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }
    assert len(fields) > 10
    assert {field for field in fields if f"`{field.upper()}`" not in REFERENCE} == set()


def test_given_the_alarms_then_each_has_an_entry_in_the_run_book() -> None:
    alarms = found(r"\}-([a-z-]+)\" => merge\(local\.usual", "modules/monitoring/alarms.tf")
    alarms |= found(r"^ +([a-z-]+) = merge\(local\.usual", "modules/monitoring/alarms.tf")
    alarms |= {name.rpartition("}-")[2] for name in found(r"alarm_name += \"([^\"]+[a-z])\"", "modules/*/*.tf")}
    assert {alarm for alarm in alarms if not re.search(rf"^Alarms? .*{alarm}`", RUN_BOOK, re.MULTILINE)} == set()


def test_given_the_tasks_of_the_makefile_then_each_is_mentioned() -> None:
    tasks = found(r"^([a-z0-9-]+):.*## ", "Makefile") - {"help", "status", "down", "clean"}
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert {task for task in tasks if not re.search(rf"make (-s )?({task}\b|[a-z]+ {task}\b)", text)} == set()
