"""State that version 0.1 wrote can be applied again, or destroyed at once."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.modules.personalize.conftest import Deployment

# What version 0.1 kept for its destroy-time provisioners: a shell expression for Python, and command-line options.
PYTHON = "$(command -v {} || command -v python3)"
CHANGES = {"end_of_imports": "update", "teardown": "update", "campaign_settings": "delete+create", "seed": "update"}


def write_earlier_state(deployment: Deployment) -> None:
    """Write to the state what version 0.1 wrote."""
    runs = deployment.runs
    state = json.loads(runs.run("state", "pull").stdout)
    for resource in state["resources"]:
        for instance in resource["instances"] if resource["type"] == "terraform_data" else ():
            instance["attributes"] |= _earlier_attributes(resource["name"], instance["attributes"])
    state["serial"] += 1
    changed = runs.directory / "earlier.tfstate"
    changed.write_text(json.dumps(state))
    done = runs.run("state", "push", str(changed))
    assert done.returncode == 0, done.stderr


def _earlier_attributes(name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    if name in ("teardown", "end_of_imports"):
        return _input(_earlier_input(**attributes["input"]["value"]))
    if name == "campaign_settings":
        return {"triggers_replace": {"value": ["--minimum-provisioned-tps 1"], "type": ["tuple", ["string"]]}}
    if name == "seed":
        return _input({"bucket": "b"})
    return {}


def _input(value: dict[str, str]) -> dict[str, Any]:
    return {
        attribute: {"value": value, "type": ["object", dict.fromkeys(value, "string")]}
        for attribute in ("input", "output")
    }


def _earlier_input(interpreter: list[str], environment: dict[str, str]) -> dict[str, str]:
    common = {
        "python": PYTHON.format(interpreter[0]),
        "region": environment["AWS_REGION"],
        "scripts": f"{environment['PYTHONPATH'].split(':')[0]}/modules/personalize/../../scripts",
    }
    if "DATASET_ARN" in environment:
        return common | {"dataset_arn": environment["DATASET_ARN"]}
    return common | {
        "campaign_arn": environment["CAMPAIGN_ARN"],
        "solutions": "--dataset-group-arn {DATASET_GROUP_ARN} --stem {SOLUTION_PREFIX}".format_map(environment),
    }


def test_given_state_of_version_0_1_when_applied_then_nothing_is_made_anew_and_when_destroyed_then_nothing_is_left(
    deployment: Deployment,
) -> None:
    # Given a deployment whose state looks as version 0.1 wrote it
    deployment.runs.apply()
    before = deployment.campaign("recommender")
    write_earlier_state(deployment)
    # When it is applied, then only the state changes,
    changed = deployment.runs.plan().changed
    assert {address.split("[")[0].split(".")[-1]: action for address, action in changed.items()} == CHANGES
    deployment.runs.apply()
    assert deployment.runs.is_clean()
    assert deployment.campaign("recommender") == before
    # and when such a deployment is destroyed without another apply, then nothing is left.
    write_earlier_state(deployment)
    deployment.runs.destroy()
    assert deployment.left() == {}
