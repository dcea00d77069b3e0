"""Each module can be a source from another repository: it finds everything in its own folder, or is given its path."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted(path.parent for path in (ROOT / "modules").glob("*/variables.tf"))
ROOT_MODULE = ROOT / "terraform"


def code(folder: Path) -> str:
    """The Terraform code of a module, without comments."""
    return "\n".join(re.sub(r"(?m)#.*$", "", path.read_text(encoding="utf-8")) for path in folder.glob("*.tf"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_given_a_module_when_it_names_paths_then_they_are_its_own_or_those_of_a_module_beside_it(module: Path) -> None:
    outside = re.findall(r'"[^"\n]*\.\./[^"\n]*"', code(module))
    names = "|".join(path.name for path in MODULES)
    beside = re.compile(rf'"(?:\.\./(?:{names})|\$\{{path\.module\}}/\.\./(?:{names})/[\w.]+)"')
    assert [path for path in outside if not beside.fullmatch(path)] == []


@pytest.mark.parametrize("module", [*MODULES, ROOT_MODULE], ids=lambda path: path.name)
def test_given_a_module_when_it_names_paths_then_none_is_that_of_the_caller(module: Path) -> None:
    assert not re.findall(r"path\.(?:root|cwd)", code(module))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_given_a_module_then_it_configures_no_provider(module: Path) -> None:
    assert not re.findall(r'(?m)^provider "', code(module))


@pytest.mark.parametrize("module", [*MODULES, ROOT_MODULE], ids=lambda path: path.name)
def test_given_variables_and_outputs_then_each_has_a_description(module: Path) -> None:
    blocks = re.findall(r'(?ms)^(?:variable|output) "(\w+)" \{(.*?)^\}', code(module))
    assert [name for name, body in blocks if not re.search(r'description = ".+"', body)] == []
