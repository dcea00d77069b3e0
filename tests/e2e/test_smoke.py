"""`make smoke` and `make health` on the system as the first apply leaves it, and after something was broken."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from local_aws.testing.roles import make_role, statement
from scripts.common.environments import ROOT
from scripts.operate.deployment import Deployment
from scripts.operate.smoke import __main__ as smoke
from scripts.operate.smoke.visitor import PREFIX

pytestmark = pytest.mark.before_all_others

KILLED = "tests.integration.scripts.operate.killed_command"


def make(task: str) -> subprocess.CompletedProcess[str]:
    """Run a task on the system as an operator does, on a terminal of 80 columns."""
    variables = os.environ | {"COLUMNS": "80"}
    return subprocess.run(
        ["make", task, "ENV=local"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )


def traces(system: Any) -> list[str]:
    """Return the places in which a visitor of a smoke test is named."""
    s3, found = system.client("s3"), []
    for bucket in (system.outputs["raw_bucket"], system.outputs["seed_bucket"]):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in page.get("Versions", []):
                body = s3.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
                body = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
                found += [one["Key"]] if PREFIX.encode() in body + one["Key"].encode() else []
    pages = system.client("dynamodb").get_paginator("scan").paginate(TableName=system.outputs["history_table"])
    found += [item["pk"]["S"] for page in pages for item in page["Items"] if PREFIX in json.dumps(item)]
    return found + [f"tracker of {name}" for name in system.tracked()["users"] if PREFIX in name]


def test_given_a_smoke_test_that_was_killed_when_the_next_one_succeeds_then_of_both_nothing_is_left(system):
    # Given one that was killed when its events had arrived
    command = [sys.executable, "-m", KILLED, "before", "2", "smoke", "--environment", "local"]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert {"userId#", "tracker"} <= {place.partition("smoke")[0].split(" ")[0] for place in traces(system)}
    # When the next one runs
    done = make("smoke")
    # Then all is well, every part was seen,
    assert done.returncode == 0, done.stdout + done.stderr
    for subject in ("tracker", "history", "raw store"):
        assert f"ok    events to {subject} " in done.stdout
    for subject in (*system.outputs["function_names"], "HTTP API /recommendations", "schedule", "mails", "reranker"):
        assert f"ok    {subject} " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    # and both visitors are gone.
    assert done.stdout.count("ok    clean-up") == 2
    assert traces(system) == []


def test_given_the_system_as_applied_then_its_health_is_good(system):
    done = make("health")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed" not in done.stdout


@contextmanager
def broken(system: Any) -> Iterator[None]:
    """Switch a mapping and the schedule off, as somebody in the console might."""
    functions, scheduler = system.client("lambda"), system.client("scheduler")
    alias = f"{system.outputs['function_names']['record_history']}:live"
    (mapping,) = functions.list_event_source_mappings(FunctionName=alias)["EventSourceMappings"]
    schedule = scheduler.get_schedule(Name="local-animal-recommender-retraining")
    kept = {key: value for key, value in schedule.items() if key not in ("Arn", "CreationDate", "ResponseMetadata")}
    kept.pop("LastModificationDate", None)
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    scheduler.update_schedule(**kept | {"State": "DISABLED"})
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
        scheduler.update_schedule(**kept)


def test_given_a_mapping_and_the_schedule_switched_off_then_the_smoke_test_fails_and_names_both(system):
    with broken(system):
        done = make("smoke")
    assert done.returncode != 0
    assert "failed  record_history mapping" in done.stdout
    assert "failed  schedule" in done.stdout
    assert "ok      put_events mapping" in done.stdout
    assert "failed  events " in done.stdout
    assert traces(system) == []


def documented_rights() -> list[str]:
    """Return the actions that the run-book says an operator needs for a smoke test."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rights = text.partition("## Smoke test")[2].partition("\n## ")[0].partition("**Rights.**")[2]
    return sorted(set(re.findall(r"`([a-z0-9-]+:[A-Z][A-Za-z]+)`", rights)))


@pytest.fixture
def operator(system: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Credentials of a role that may do what the run-book says, and nothing else."""
    iam = system.client("iam")
    role = make_role(iam, "smoke-operator", ["ec2"], statement(*documented_rights(), Resource="*"))
    taken = system.client("sts").assume_role(RoleArn=role, RoleSessionName="smoke")["Credentials"]
    names = {"ACCESS_KEY_ID": "AccessKeyId", "SECRET_ACCESS_KEY": "SecretAccessKey", "SESSION_TOKEN": "SessionToken"}
    with monkeypatch.context() as patch:
        for name, key in names.items():
            patch.setenv(f"AWS_{name}", taken[key])
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        # ENV=local would bring its own credentials.
        patch.setattr(smoke, "connect", Deployment)
        yield
    iam.delete_role_policy(RoleName="smoke-operator", PolicyName="calls")
    iam.delete_role(RoleName="smoke-operator")


@pytest.mark.usefixtures("operator")
def test_given_an_operator_with_the_documented_rights_then_every_check_can_be_done(capsys: pytest.CaptureFixture[str]):
    assert smoke.main(["--environment", "local"]) == 0, capsys.readouterr().out
