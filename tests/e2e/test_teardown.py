"""`terraform destroy`, after everything that the other tests did to the system."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess

import pytest

from scripts.common import environments, terraform
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY
from scripts.demo import deployers
from tests.support.terraform_runs import TerraformRuns


@pytest.mark.after_all_others(2)
def test_given_deletion_protection_when_destroyed_then_it_is_refused_before_anything_is_gone(system, tmp_path):
    # Given a system that is protected
    variables = environments.variables("local") | deployers.assume(system.local, "apply")
    runs = TerraformRuns(TERRAFORM_DIRECTORY, variables, tmp_path / "protected.tfvars.json")
    runs.given(deletion_protection=True)
    runs.apply()
    before = list_resources(runs, system)
    # When it is destroyed
    done = runs.run("destroy", "-auto-approve", "-no-color", "-input=false")
    # Then it says what to do, and all is there
    assert done.returncode == 1
    assert "Set it to false, apply, then destroy." in done.stdout + done.stderr
    assert list_resources(runs, system) == before
    runs.given(deletion_protection=False)
    runs.apply()


def list_resources(runs: TerraformRuns, system) -> list[str]:
    """Return what the state has, without the data that Terraform reads again each time."""
    listed = runs.run("state", "list", f"-state={system.local.state}").stdout.splitlines()
    return [line for line in listed if not re.search(r"(^|\.)data\.", line)]


COMMANDS = (
    ("query", "NAME=top_breeds"),
    ("models",),
    ("retrain", "ARGS=--force"),
    ("rollback", "MODEL=recommender"),
    ("dead-letters",),
    ("redrive",),
    ("forget-user", "USER=12400"),
    ("restore-raw-events",),
    ("status",),
)
_DESTROY = ("destroy", "ENV=local", "ARGS=-auto-approve -no-color -input=false")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a task of the Makefile to its end."""
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def deployer_command(system) -> dict:
    """Return how to destroy with no more rights than the role for it has, as arguments of subprocess."""
    return {
        "args": [terraform.find_binary(), "destroy", "-auto-approve", "-no-color", "-input=false"],
        "cwd": TERRAFORM_DIRECTORY,
        "env": environments.variables("local") | deployers.assume(system.local, "destroy"),
        "text": True,
    }


def kill_destroy(system, how_far: str) -> None:
    """Begin to destroy, and kill all processes of it when it prints these words."""
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(**deployer_command(system), **output, process_group=0) as process:
        found = any(how_far in line for line in process.stdout or ())
        os.killpg(process.pid, signal.SIGKILL)
    assert found, f"it ended before {how_far!r}"


def destroy_as_deployer(system) -> subprocess.CompletedProcess[str]:
    """Destroy to the end."""
    return subprocess.run(**deployer_command(system), capture_output=True, check=False)


def left(system) -> dict[str, list]:
    """Return what still exists, by service."""
    personalize = system.client("personalize")
    nouns = ("campaigns", "solutions", "event_trackers", "filters", "dataset_groups", "schemas", "datasets")
    found = {noun: getattr(personalize, f"list_{noun}")() for noun in nouns} | {
        "buckets": {"Buckets": system.client("s3").list_buckets()["Buckets"]},
        "tables": system.client("dynamodb").list_tables(),
        "streams": {"StreamNames": system.client("kinesis").list_streams()["StreamNames"]},
        "functions": system.client("lambda").list_functions(),
        "log groups": system.client("logs").describe_log_groups(logGroupNamePrefix="/aws/"),
        "parameters": system.client("ssm").get_parameters_by_path(Path="/animal-recommender", Recursive=True),
        "state machines": system.client("stepfunctions").list_state_machines(),
        "topics": system.client("sns").list_topics(),
        "alarms": {"MetricAlarms": system.client("cloudwatch").describe_alarms()["MetricAlarms"]},
    }
    lists = {
        kind: [one for value in answer.values() if isinstance(value, list) for one in value]
        for kind, answer in found.items()
    }
    return {kind: entries for kind, entries in lists.items() if entries}


@pytest.mark.after_all_others(3)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_given_the_system_when_an_operators_command_runs_then_it_ends(system, command):
    done = make(command[0], "ENV=local", *command[1:])
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


@pytest.mark.after_all_others(4)
def test_given_a_run_and_a_training_under_way_when_destroy_is_killed_and_repeated_then_nothing_is_left(
    system, wait_for
):
    # Given a run that trains, after all commands
    system.faults({"holdTrainings": {"*": True}})
    machine = system.client("stepfunctions")
    forced = {name: {"minimumNewInteractions": 0} for name in system.outputs["campaign_arns"]}
    started = machine.start_execution(
        stateMachineArn=system.outputs["state_machine_arn"], input=json.dumps({"models": forced})
    )["executionArn"]
    history = lambda: machine.get_execution_history(executionArn=started, maxResults=1000)["events"]  # noqa: E731
    wait_for(lambda: "Wait for training" in str(history()), seconds=120)
    # When it is destroyed, killed half-way, and destroyed twice more
    kill_destroy(system, "Destruction complete")
    for done in (destroy_as_deployer(system), make(*_DESTROY)):
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    # Then nothing is left, and the status says so.
    assert left(system) == {}
    assert "Nothing is deployed to it." in make("status", "ENV=local").stdout
