"""The small local AWS of the Personalize tests, with the seed imported and a solution, as Terraform makes them."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.testing.personalize_only import LocalAws, serving

ROOT = Path(__file__).resolve().parents[4]
PREFIX = "arn:aws:personalize:us-east-1:123456789012"
BUCKET = "seed-of-scripts"
SOLUTION = "scripts-0123abcd"

Script = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with serving() as aws:
        yield aws


@pytest.fixture(scope="module")
def script(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Script:
    """Runs an action of a script as Terraform does: from another folder. After `kill_after` seconds it is killed."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    paths = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}", "PYTHONSAFEPATH": "1"}

    def run(name: str, action: str, kill_after: float | None = None, **inputs: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", f"scripts.provision.{name}", action]
        environment = aws.environment | paths | {"PERSONALIZE_LONGEST_POLL_SECONDS": "1"} | inputs
        process = subprocess.Popen(
            command, cwd=elsewhere, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        if kill_after is not None:
            time.sleep(kill_after)
            process.kill()
        out, err = process.communicate(timeout=240)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    return run


@pytest.fixture(scope="module")
def small_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed with the interactions of a few visitors only: what is trained here need not be good."""
    directory = tmp_path_factory.mktemp("seed") / "St. Mary's pets"
    directory.mkdir()
    shutil.copy(ROOT / "seed" / "items.csv", directory)
    header, *rows = (ROOT / "seed" / "interactions.csv").read_text(encoding="utf-8").splitlines()
    few = [row for row in rows if row.startswith("124")]
    (directory / "interactions.csv").write_text("\n".join([header, *few, ""]), encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def solution(aws: LocalAws, script: Script, small_seed: Path) -> str:
    """The ARN of a solution over the imported seed."""
    personalize = aws.client("personalize")
    aws.client("s3").create_bucket(Bucket=BUCKET)
    uploaded = script(
        "upload_seed",
        "upload",
        SEED_BUCKET=BUCKET,
        SEED_DIRECTORY=str(small_seed),
        SEED_REBASE="true",
        POPULAR_LIST_KEY="popular.json",
    )
    assert uploaded.returncode == 0, uploaded.stderr
    group = personalize.create_dataset_group(name="scripts")["datasetGroupArn"]
    settled(lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"])
    _import(script, personalize, group, "interactions", "Interactions")
    _import(script, personalize, group, "items", "Items")
    wanted = {
        "SOLUTION_NAME": SOLUTION,
        "DATASET_GROUP_ARN": group,
        "RECIPE_ARN": "arn:aws:personalize:::recipe/aws-user-personalization",
        "HYPERPARAMETERS": '{"hidden_dimension": "64"}',
    }
    for _ in range(2):
        made = script("solution", "create", **wanted)
        assert made.returncode == 0, made.stderr
    return f"{PREFIX}:solution/{SOLUTION}"


def _import(script: Script, personalize: Any, group: str, name: str, kind: str) -> None:
    schema = (ROOT / "seed" / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    schema_arn = personalize.create_schema(name=f"scripts-{name}", schema=schema)["schemaArn"]
    dataset = personalize.create_dataset(
        name=f"scripts-{name}", schemaArn=schema_arn, datasetGroupArn=group, datasetType=kind
    )["datasetArn"]
    settled(lambda: personalize.describe_dataset(datasetArn=dataset)["dataset"])
    role = "arn:aws:iam::123456789012:role/personalize"
    source = f"s3://{BUCKET}/seed/{name}.csv"
    for kill_after in (1.0, None):
        done = script(
            "seed_import", "create", kill_after, DATASET_ARN=dataset, IMPORT_SOURCE=source, IMPORT_ROLE_ARN=role
        )
    assert done.returncode == 0, done.stderr
    assert len(personalize.list_dataset_import_jobs(datasetArn=dataset)["datasetImportJobs"]) == 1


def settled(describe: Callable[[], dict[str, Any]]) -> None:
    """Waits until a resource is ACTIVE; fails with its failureReason if it never is."""
    for _ in range(300):
        found = describe()
        if found["status"] == "ACTIVE":
            return
        assert found["status"] != "CREATE FAILED", found["failureReason"]
        time.sleep(0.05)
    raise AssertionError(f"still {found['status']}")
