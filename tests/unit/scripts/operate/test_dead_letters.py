"""Dead letters are shown by reason and stay where they are."""

import json
from pathlib import Path

import boto3
import pytest

from scripts.operate.dead_letters import main, read_queues
from scripts.operate.deployment import Deployment
from tests.unit.scripts.operate.conftest import bury, bury_batch, event, waiting


@pytest.fixture
def filled(deployment: Deployment) -> Deployment:
    """Twelve refused records, three of them JSON, a given-up batch of 40 and something foreign."""
    bury(deployment, "put_events", {number: event(str(number)) for number in range(3)})
    bury(deployment, "put_events", dict.fromkeys(range(3, 12), b"\xff\xfe"), "not-json")
    bury(deployment, "record_history", {0: event("0")})
    bury_batch(deployment, "record_history", "20", "59", 40)
    url = deployment.name("dead-letter-queues/record_history")
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    return deployment


def test_given_letters_when_looked_at_then_they_are_counted_by_function_and_reason(filled: Deployment) -> None:
    groups = {key: group.records for key, group in read_queues(filled, keep=False).groups.items()}
    assert groups == {
        ("put_events", "invalid-fields"): 3,
        ("put_events", "not-json"): 9,
        ("record_history", "invalid-fields"): 1,
        ("record_history", "batch-given-up"): 40,
        ("record_history", "unreadable-message"): 1,
    }


def test_given_letters_when_looked_at_then_all_are_still_there_to_be_seen(filled: Deployment) -> None:
    read_queues(filled, keep=False)
    assert (waiting(filled, "put_events"), waiting(filled, "record_history")) == (12, 3)


def test_given_an_export_then_each_record_is_one_line_with_its_functions_and_data(
    filled: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "letters.jsonl"
    assert main(["--environment", "test", "--export", str(file)]) == 0
    lines = {line["sequenceNumber"]: line for line in map(json.loads, file.read_text().splitlines())}
    assert len(lines) == 12
    assert lines["0"]["functions"] == ["put_events", "record_history"]
    assert lines["0"]["data"] == event("0").decode()
    assert lines["3"]["dataBase64"] == "//4="
    assert file.stat().st_mode & 0o077 == 0
    assert "not-json" in capsys.readouterr().out


def test_given_no_such_environment_then_that_is_said(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--environment", "nowhere"]) == 1
    assert "no environment 'nowhere' is deployed in us-east-1" in capsys.readouterr().err.replace("\n", " ")
