"""The AWS CLI against the local Personalize."""

import json
import subprocess
import sys
from pathlib import Path

from local_aws.testing.personalize_only import LocalAws

_AWS = Path(sys.executable).with_name("aws")
_SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Users",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [{"name": "USER_ID", "type": "string"}, {"name": "LEVEL", "type": "string", "categorical": True}],
        "version": "1.0",
    }
)


def run(aws: LocalAws, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(_AWS), *arguments, "--output", "json"]
    return subprocess.run(command, env=aws.environment, capture_output=True, text=True, timeout=60)


def test_given_the_cli_when_it_creates_lists_and_deletes_then_it_parses_the_responses(aws: LocalAws) -> None:
    created = run(aws, "personalize", "create-schema", "--name", "cli", "--schema", _SCHEMA)
    assert created.returncode == 0, created.stderr
    arn = json.loads(created.stdout)["schemaArn"]
    listed = run(aws, "personalize", "list-schemas", "--page-size", "1", "--query", "schemas[].name")
    assert json.loads(listed.stdout) == ["cli"]
    again = run(aws, "personalize", "create-schema", "--name", "cli", "--schema", _SCHEMA)
    assert again.returncode != 0
    assert "(ResourceAlreadyExistsException)" in again.stderr
    assert run(aws, "personalize", "delete-schema", "--schema-arn", arn).returncode == 0


def test_given_the_cli_when_it_uses_cloud_control_and_the_runtime_then_errors_have_their_names(aws: LocalAws) -> None:
    state = json.dumps({"Name": "cli-group"})
    types = ("--type-name", "AWS::Personalize::DatasetGroup")
    created = run(aws, "cloudcontrol", "create-resource", *types, "--desired-state", state)
    assert json.loads(created.stdout)["ProgressEvent"]["Operation"] == "CREATE", created.stderr
    unknown = "arn:aws:personalize:us-east-1:123456789012:campaign/none"
    failed = run(aws, "personalize-runtime", "get-recommendations", "--campaign-arn", unknown, "--user-id", "u")
    assert "(ResourceNotFoundException)" in failed.stderr
    events = '[{"eventType": "view", "sentAt": 1700000000}]'
    arguments = ("--tracking-id", "none", "--session-id", "s", "--event-list", events)
    assert "(InvalidInputException)" in run(aws, "personalize-events", "put-events", *arguments).stderr
