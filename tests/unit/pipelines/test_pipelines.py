"""The example pipelines are valid for their hosts and safe, and run only tasks that the Makefile has."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PIPELINES = {
    "github-actions.yml": "vendor.github-workflows",
    "gitlab-ci.yml": "vendor.gitlab-ci",
    "bitbucket-pipelines.yml": "vendor.bitbucket-pipelines",
}
TOOLS = Path(sys.executable).parent


def text(name: str) -> str:
    return (ROOT / "pipelines" / name).read_text()


def run(*command: str | Path, **options: Any) -> None:
    """Run a tool; fail the test with what it prints if it finds anything."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr


def scripts(document: Any) -> Iterator[str]:
    """All shell scripts of a pipeline: `run` of GitHub, `script` and `before_script` of the others."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "run":
                yield value
            elif key in ("script", "before_script"):
                yield "\n".join(line for line in value if isinstance(line, str))
            else:
                yield from scripts(value)
    elif isinstance(document, list):
        for one in document:
            yield from scripts(one)


def called_tasks(name: str) -> set[str]:
    """The make tasks that the scripts of a pipeline run."""
    return set(re.findall(r"\bmake ([a-z0-9-]+)", "\n".join(scripts(yaml.safe_load(text(name))))))


@pytest.mark.parametrize("name", PIPELINES)
def test_given_a_pipeline_when_checked_with_the_hosts_schema_then_it_is_valid(name: str) -> None:
    path = ROOT / "pipelines" / name
    run(TOOLS / "check-jsonschema", "--builtin-schema", PIPELINES[name], path)


def test_given_the_github_workflow_when_checked_by_zizmor_then_there_is_no_finding(tmp_path: Path) -> None:
    workflow = tmp_path / ".github" / "workflows" / "deploy.yml"
    workflow.parent.mkdir(parents=True)
    shutil.copy(ROOT / "pipelines" / "github-actions.yml", workflow)
    run(TOOLS / "zizmor", "--offline", "--no-progress", "--persona=auditor", workflow)


@pytest.mark.parametrize("name", PIPELINES)
def test_given_the_scripts_of_a_pipeline_when_checked_by_shellcheck_then_there_is_no_finding(name: str) -> None:
    whole = "\n".join(
        f"step_{number}() {{\n{script}\n}}" for number, script in enumerate(scripts(yaml.safe_load(text(name))))
    )
    # The host sets environment variables (SC2154). The steps are functions here that nothing calls (SC2317, SC2329).
    run(TOOLS / "shellcheck", "--shell=bash", "--exclude=SC2154,SC2317,SC2329", "-", input=whole)


@pytest.mark.parametrize("name", PIPELINES)
def test_given_a_pipeline_when_it_runs_make_then_every_task_exists(name: str) -> None:
    tasks = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = called_tasks(name)
    assert {"lint", "package", "plan", "plan-report", "apply", "destroy"} <= called
    assert called <= tasks


@pytest.mark.parametrize("name", PIPELINES)
def test_given_a_pipeline_when_it_checks_then_it_runs_everything_that_make_test_runs(name: str) -> None:
    parts = re.search(r"^test: ([a-z0-9 -]+?) *##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert parts is not None
    assert set(parts[1].split()) <= called_tasks(name)


@pytest.mark.parametrize("name", PIPELINES)
def test_given_a_saved_plan_when_applied_then_it_is_the_one_that_was_shown(name: str) -> None:
    assert 'make plan ENV="$ENV" ARGS="-out=$ENV.tfplan"' in text(name)
    assert 'make apply ENV="$ENV" ARGS="$ENV.tfplan"' in text(name)


@pytest.mark.parametrize("name", PIPELINES)
def test_given_actions_and_images_when_used_then_they_are_pinned_and_no_key_is_named(name: str) -> None:
    used = re.findall(r"(?:uses|image): (\S+)", text(name))
    assert used
    assert all(re.search(r"@(sha256:[0-9a-f]{64}|[0-9a-f]{40})$", one) for one in used)
    assert not re.search(r"secrets\.|AWS_SECRET_ACCESS_KEY:|AKIA", text(name))


def test_given_github_when_applied_then_only_after_a_push_and_an_approval() -> None:
    job = yaml.safe_load(text("github-actions.yml"))["jobs"]["apply"]
    assert job["if"] == "github.event_name == 'push'"
    assert job["environment"]


def test_given_gitlab_when_applied_then_only_on_main_and_started_by_a_person() -> None:
    job = yaml.safe_load(text("gitlab-ci.yml"))["apply"]
    assert job["rules"] == [{"if": '$CI_COMMIT_BRANCH == "main"', "when": "manual", "allow_failure": False}]


def test_given_bitbucket_when_applied_then_only_on_main_and_started_by_a_person() -> None:
    pipelines = yaml.safe_load(text("bitbucket-pipelines.yml"))["pipelines"]
    assert pipelines["branches"]["main"][-1]["step"]["trigger"] == "manual"
    assert "apply" not in str(pipelines["pull-requests"])


@pytest.mark.parametrize("name", PIPELINES)
def test_given_a_pipeline_then_each_command_has_the_role_for_it(name: str) -> None:
    roles = set(re.findall(r"AWS_(PLAN|APPLY|DESTROY)_ROLE_ARN", text(name)))
    assert roles == {"PLAN", "APPLY", "DESTROY"}
