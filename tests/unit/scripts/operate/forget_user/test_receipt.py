"""A receipt says what remains."""

import boto3
import pytest

from scripts.operate.forget_user.receipt import find_remains
from scripts.operate.forget_user.removal import Removal
from tests.unit.scripts.operate.forget_user.conftest import USER, Deployed


def remains_of(deployed: Deployed, **state: int) -> str:
    removal = Removal(deployed, USER, deployed.personalize.clock.sleep)
    for name, value in state.items():
        setattr(removal.state, name, value)
    return "\n".join(f"{one.what}: {one.until}" for one in find_remains(deployed, removal))


def test_given_nothing_special_then_stream_models_and_copies_remain(deployed: Deployed) -> None:
    lines = remains_of(deployed).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["events", "what", "copies"]
    assert lines[1].endswith("(make retrain ENV=test)")


@pytest.mark.parametrize(("state", "expected"), [({"batches": 2}, "point to their events (2)")])
def test_given_batches_in_the_stream_then_they_are_named(
    deployed: Deployed, state: dict[str, int], expected: str
) -> None:
    assert expected in remains_of(deployed, **state)


def test_given_backups_and_queries_then_they_remain_until_a_day(deployed: Deployed) -> None:
    recovery = {"PointInTimeRecoveryEnabled": True}
    boto3.client("dynamodb").update_continuous_backups(
        TableName="history-table", PointInTimeRecoverySpecification=recovery
    )
    boto3.client("athena").start_query_execution(QueryString=f"SELECT '{USER}'", WorkGroup="athena-workgroup")
    text = remains_of(deployed)
    assert "backups of the history" in text
    assert "queries in Athena's history that name the user (1): 20" in text
