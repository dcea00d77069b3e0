"""The small local AWS of the Personalize tests, with the seed imported and a solution, as Terraform makes them."""

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
    """Runs a script as Terraform does: by its path, from another directory. `kill_after` seconds it is killed."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def run(name: str, *arguments: str, kill_after: float | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "scripts" / "provision" / name), *arguments]
        environment = aws.environment | {"PERSONALIZE_LONGEST_POLL_SECONDS": "1"}
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
    directory = tmp_path_factory.mktemp("seed")
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
        "upload_seed.py",
        *("--bucket", BUCKET, "--directory", str(small_seed), "--rebase", "--popular-key", "popular.json"),
    )
    assert uploaded.returncode == 0, uploaded.stderr
    group = personalize.create_dataset_group(name="scripts")["datasetGroupArn"]
    settled(lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"])
    _import(script, personalize, group, "interactions", "Interactions")
    _import(script, personalize, group, "items", "Items")
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
    wanted = ("--name", SOLUTION, "--dataset-group-arn", group, "--recipe-arn", recipe)
    for _ in range(2):
        made = script("solution.py", "create", *wanted, "--hyperparameters", '{"hidden_dimension": "64"}')
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
            *("seed_import.py", "create", "--dataset-arn", dataset, "--source", source, "--role-arn", role),
            kill_after=kill_after,
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
