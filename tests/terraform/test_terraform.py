"""Run the tests beside the Terraform code (*.tftest.hcl, with a mocked provider: no account, no network)."""

import subprocess
from pathlib import Path

import pytest

from scripts.common import environments, terraform
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY

MODULES = sorted({path.parent.parent for path in (ROOT / "modules").glob("*/tests/*.tftest.hcl")})


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The process environment of an initialised root module, with a data folder of its own."""
    variables = environments.variables("dev") | {"TF_DATA_DIR": str(tmp_path_factory.mktemp("root"))}
    terraform.initialise(variables, "-backend=false")
    return variables


def run(directory: Path, variables: dict[str, str], *arguments: str) -> None:
    """Run one Terraform command; fail the test with Terraform's own words."""
    command = [terraform.find_binary(), *arguments, "-no-color"]
    done = subprocess.run(command, cwd=directory, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)} in {directory}:\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_given_a_module_when_its_own_tests_run_then_they_pass(
    module: Path, root: dict[str, str], tmp_path: Path
) -> None:
    variables = root | {"TF_DATA_DIR": str(tmp_path)}
    run(module, variables, "init", "-backend=false", "-input=false")
    run(module, variables, "test")


@pytest.mark.parametrize(("tests", "environment"), [("root", "dev"), ("production", "prod"), ("small", "small")])
def test_given_an_environments_variables_when_the_root_modules_tests_run_then_they_pass(
    tests: str, environment: str, root: dict[str, str]
) -> None:
    run(TERRAFORM_DIRECTORY, root, "test", f"-filter=tests/{tests}.tftest.hcl", f"-var-file={environment}.tfvars")


def test_given_modules_when_listed_then_each_has_tests() -> None:
    untested = {path.name for path in (ROOT / "modules").iterdir() if path.is_dir()} - {path.name for path in MODULES}
    assert not untested
