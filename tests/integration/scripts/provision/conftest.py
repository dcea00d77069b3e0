"""The small local AWS of the Personalize tests with the imported seed; each test has a model of its own in it."""

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_aws.testing.personalize_only import LocalAws, serving

ROOT = Path(__file__).resolve().parents[4]
PREFIX = "arn:aws:personalize:us-east-1:123456789012"
BUCKET = "seed-of-scripts"

Result = subprocess.CompletedProcess[str]
Script = Callable[..., Result]


@pytest.fixture(scope="package")
def aws() -> Iterator[LocalAws]:
    with serving() as aws:
        yield aws


@pytest.fixture(scope="package")
def personalize(aws: LocalAws) -> Any:
    """A client."""
    return aws.client("personalize")


@pytest.fixture
def faults(aws: LocalAws) -> Iterator[Any]:
    """Faults on demand; none afterwards."""
    yield aws.personalize.faults
    aws.personalize.faults.reset()


@pytest.fixture(scope="package")
def script(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Script:
    """Run an action of a script as Terraform does: from another folder. After `kill_after` seconds it is killed."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    paths = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'functions'}", "PYTHONSAFEPATH": "1"}

    def run(name: str, action: str, kill_after: float | None = None, **inputs: str) -> Result:
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


@pytest.fixture(scope="package")
def small_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed with the interactions of a few visitors only: what is trained here need not be good."""
    directory = tmp_path_factory.mktemp("seed") / "St. Mary's pets"
    directory.mkdir()
    shutil.copy(ROOT / "seed" / "items.csv", directory)
    header, *rows = (ROOT / "seed" / "interactions.csv").read_text(encoding="utf-8").splitlines()
    few = [row for row in rows if row.startswith("124")]
    (directory / "interactions.csv").write_text("\n".join([header, *few, ""]), encoding="utf-8")
    return directory


@pytest.fixture(scope="package")
def dataset_group(aws: LocalAws, script: Script, small_seed: Path) -> str:
    """The ARN of a dataset group with the imported seed."""
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
    wait_until_active(lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"])
    _import(script, personalize, group, "interactions", "Interactions")
    _import(script, personalize, group, "items", "Items")
    return group


@dataclass(frozen=True)
class Model:
    """A model of one test: names of its own, and the scripts as the module runs them for it."""

    stem: str
    script: Script
    dataset_group: str

    @property
    def solution_name(self) -> str:
        return f"{self.stem}-0123abcd"

    @property
    def solution_arn(self) -> str:
        return f"{PREFIX}:solution/{self.solution_name}"

    @property
    def campaign_arn(self) -> str:
        return f"{PREFIX}:campaign/{self.stem}"

    @property
    def ledger(self) -> str:
        return f"/{self.stem}/ledger"

    def create_solution(self, **inputs: str) -> Result:
        """Create the solution, or update it with other inputs."""
        return self.script(
            "solution",
            "create",
            SOLUTION_NAME=self.solution_name,
            DATASET_GROUP_ARN=self.dataset_group,
            **{
                "RECIPE_ARN": "arn:aws:personalize:::recipe/aws-user-personalization",
                "HYPERPARAMETERS": '{"hidden_dimension": "64"}',
            }
            | inputs,
        )

    def train(self, kill_after: float | None = None) -> Result:
        return self.script("solution_version", "create", kill_after, SOLUTION_ARN=self.solution_arn)

    def create_campaign(self, tps: int, kill_after: float | None = None) -> Result:
        """Create the campaign, or update its settings."""
        return self.script(
            "campaign",
            "create",
            kill_after,
            CAMPAIGN_NAME=self.stem,
            SOLUTION_ARN=self.solution_arn,
            LEDGER_PARAMETER=self.ledger,
            MINIMUM_PROVISIONED_TPS=str(tps),
            EXPLORATION_WEIGHT="0.3",
            EXPLORATION_ITEM_AGE_CUT_OFF="30",
        )

    def delete_campaign(self, kill_after: float | None = None) -> Result:
        return self.script("campaign", "delete", kill_after, CAMPAIGN_ARN=self.campaign_arn)

    def delete_solutions(self) -> Result:
        return self.script("solution", "delete", DATASET_GROUP_ARN=self.dataset_group, SOLUTION_PREFIX=self.stem)


@pytest.fixture
def model(aws: LocalAws, script: Script, dataset_group: str) -> Model:
    """A model with a solution and an empty ledger."""
    model = Model(f"m{uuid.uuid4().hex[:8]}", script, dataset_group)
    succeed(model.create_solution())
    aws.client("ssm").put_parameter(Name=model.ledger, Value="{}", Type="String")
    return model


@pytest.fixture
def served_model(model: Model) -> Model:
    """A model whose campaign serves a trained version."""
    succeed(model.train())
    succeed(model.create_campaign(tps=1))
    return model


def succeed(done: Result) -> None:
    """Fail the test with the script's own words if it failed."""
    assert done.returncode == 0, done.stderr


def _import(script: Script, personalize: Any, group: str, name: str, kind: str) -> None:
    schema = (ROOT / "seed" / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    schema_arn = personalize.create_schema(name=f"scripts-{name}", schema=schema)["schemaArn"]
    dataset = personalize.create_dataset(
        name=f"scripts-{name}", schemaArn=schema_arn, datasetGroupArn=group, datasetType=kind
    )["datasetArn"]
    wait_until_active(lambda: personalize.describe_dataset(datasetArn=dataset)["dataset"])
    role = "arn:aws:iam::123456789012:role/personalize"
    source = f"s3://{BUCKET}/seed/{name}.csv"
    for kill_after in (1.0, None):
        done = script(
            "seed_import", "create", kill_after, DATASET_ARN=dataset, IMPORT_SOURCE=source, IMPORT_ROLE_ARN=role
        )
    assert done.returncode == 0, done.stderr
    assert len(personalize.list_dataset_import_jobs(datasetArn=dataset)["datasetImportJobs"]) == 1


def wait_until_active(describe: Callable[[], dict[str, Any]]) -> None:
    """Wait until a resource is ACTIVE; fail the test with its failureReason if it never is."""
    for _ in range(300):
        found = describe()
        if found["status"] == "ACTIVE":
            return
        assert found["status"] != "CREATE FAILED", found["failureReason"]
        time.sleep(0.05)
    raise AssertionError(f"still {found['status']}")
