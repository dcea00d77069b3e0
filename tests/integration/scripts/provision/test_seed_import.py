"""An import is made once, or the script says why not."""

from typing import Any

from tests.integration.scripts.provision.conftest import PREFIX, Script, succeed

DATASET = f"{PREFIX}:dataset/scripts/ITEMS"


def test_given_a_script_killed_while_it_imports_when_run_again_then_there_is_one_import(
    dataset_group: str, personalize: Any
) -> None:
    (job,) = personalize.list_dataset_import_jobs(datasetArn=DATASET)["datasetImportJobs"]
    assert job["status"] == "ACTIVE"


def test_given_imports_that_have_ended_when_waited_for_then_the_script_ends(script: Script, dataset_group: str) -> None:
    succeed(script("seed_import", "wait", DATASET_ARN=DATASET))


def test_given_no_inputs_when_run_then_all_that_are_missing_are_named(script: Script) -> None:
    done = script("seed_import", "create")
    assert done.returncode == 1
    assert all(f"{name} is missing" in done.stderr for name in ("DATASET_ARN", "IMPORT_SOURCE", "IMPORT_ROLE_ARN"))
