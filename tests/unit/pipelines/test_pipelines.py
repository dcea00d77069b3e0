"""The example pipelines are valid for their hosts, safe, and name only tasks that the Makefile has."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PIPELINES = {
    "github-actions.yml": "vendor.github-workflows",
    "gitlab-ci.yml": "vendor.gitlab-ci",
    "bitbucket-pipelines.yml": "vendor.bitbucket-pipelines",
}
TOOLS = Path(sys.executable).parent


def text(name):
    return (ROOT / "pipelines" / name).read_text()


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    return done.returncode, done.stdout + done.stderr


def scripts(document):
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


@pytest.mark.parametrize("name", PIPELINES)
def test_valid_by_the_hosts_schema(name):
    path = str(ROOT / "pipelines" / name)
    code, said = run(TOOLS / "check-jsonschema", "--builtin-schema", PIPELINES[name], path)
    assert code == 0, said


def test_github_workflow_has_no_finding_of_zizmor(tmp_path):
    workflow = tmp_path / ".github" / "workflows" / "deploy.yml"
    workflow.parent.mkdir(parents=True)
    shutil.copy(ROOT / "pipelines" / "github-actions.yml", workflow)
    code, said = run(TOOLS / "zizmor", "--offline", "--no-progress", "--persona=auditor", str(workflow))
    assert code == 0, said


@pytest.mark.parametrize("name", PIPELINES)
def test_shell_scripts_have_no_finding_of_shellcheck(name):
    whole = "\n".join(
        f"step_{number}() {{\n{script}\n}}" for number, script in enumerate(scripts(yaml.safe_load(text(name))))
    )
    # Environment variables come from the host; the steps are read as functions that nothing calls.
    code, said = run(TOOLS / "shellcheck", "--shell=bash", "--exclude=SC2154,SC2317,SC2329", "-", input=whole)
    assert code == 0, said


@pytest.mark.parametrize("name", PIPELINES)
def test_every_make_task_exists(name):
    tasks = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = set(re.findall(r"\bmake ([a-z0-9-]+)", "\n".join(scripts(yaml.safe_load(text(name))))))
    assert {"lint", "package", "plan", "plan-report", "apply"} <= called
    assert called <= tasks


@pytest.mark.parametrize("name", PIPELINES)
def test_everything_that_make_test_checks_is_checked_here(name):
    parts = re.search(r"^test: ([a-z0-9 -]+?) *##", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert set(parts) <= set(re.findall(r"\bmake ([a-z0-9-]+)", text(name)))


@pytest.mark.parametrize("name", PIPELINES)
def test_the_plan_that_is_applied_is_the_plan_that_was_saved(name):
    assert 'make plan ENV="$ENV" ARGS="-out=$ENV.tfplan"' in text(name)
    assert 'make apply ENV="$ENV" ARGS="$ENV.tfplan"' in text(name)


@pytest.mark.parametrize("name", PIPELINES)
def test_what_is_used_is_pinned_and_no_key_is_named(name):
    used = re.findall(r"(?:uses|image): (\S+)", text(name))
    assert used
    assert all(re.search(r"@(sha256:[0-9a-f]{64}|[0-9a-f]{40})$", one) for one in used)
    assert not re.search(r"secrets\.|AWS_SECRET_ACCESS_KEY:|AKIA", text(name))


def test_only_main_applies_and_someone_approves():
    github = yaml.safe_load(text("github-actions.yml"))["jobs"]["apply"]
    assert github["if"] == "github.event_name == 'push'"
    assert github["environment"]
    gitlab = yaml.safe_load(text("gitlab-ci.yml"))["apply"]
    assert gitlab["rules"] == [{"if": '$CI_COMMIT_BRANCH == "main"', "when": "manual", "allow_failure": False}]
    bitbucket = yaml.safe_load(text("bitbucket-pipelines.yml"))["pipelines"]
    assert bitbucket["branches"]["main"][-1]["step"]["trigger"] == "manual"
    assert "apply" not in str(bitbucket["pull-requests"])
