"""The walls of the house: which room may import from which."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from scripts.common.environments import ROOT

SHARED = "animal_recommender"
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
RUNTIME = {"boto3", "botocore", "aws_lambda_powertools"}  # what a function may use beside its own code


def imported(folder: Path, *, but: str = "") -> dict[str, set[str]]:
    """Every package that a folder's files import, with the files that do; relative imports stay inside anyway."""
    found: dict[str, set[str]] = {}
    for file in folder.rglob("*.py"):
        if but and file.is_relative_to(folder / but):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                found.setdefault(name.split(".")[0], set()).add(str(file.relative_to(ROOT)))
    return {name: files for name, files in found.items() if name not in sys.stdlib_module_names}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_itself_the_shared_library_and_the_runtime_only(function):
    assert imported(ROOT / "functions" / function).keys() <= RUNTIME | {SHARED, function}


def test_the_shared_library_imports_no_function():
    assert imported(ROOT / "functions" / SHARED).keys() <= RUNTIME | {SHARED}


def test_the_local_aws_knows_nothing_of_what_runs_on_it():
    assert not imported(ROOT / "local").keys() & {"functions", "scripts", "seed", "bench", "tests", SHARED, *FUNCTIONS}


def test_the_recommender_is_numbers_only():
    assert imported(ROOT / "local" / "recommender").keys() <= {"numpy", "scipy", "local", "implicit", "threadpoolctl"}
    inside = {
        node.module
        for file in (ROOT / "local" / "recommender").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("local")
    }
    assert all(module.startswith("local_aws.recommender") for module in inside)


def test_deployed_code_names_no_local_address():
    """The local run is an endpoint URL and a tfvars file, so nothing that is deployed may know of it."""
    deployed = [ROOT / name for name in ("functions", "modules", "step_functions")]
    texts = {
        file: file.read_text(encoding="utf-8")
        for folder in deployed
        for file in folder.rglob("*.*")
        if file.suffix in {".py", ".tf", ".json"}
    }
    assert texts
    assert not [file for file, text in texts.items() if "127.0.0.1" in text or "4566" in text or "localhost" in text]
