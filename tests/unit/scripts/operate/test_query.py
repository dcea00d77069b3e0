"""Named queries are listed and asked; what cannot be asked is said."""

from pathlib import Path
from typing import Any

import pytest

from scripts.common.task import TaskError
from scripts.common.terminal import running
from scripts.operate import query
from scripts.operate.deployment import Deployment
from scripts.operate.query import Athena, NamedQuery, print_answer, print_queries, quote
from tests.unit.scripts.fakes import FakeAws

QUERIES = Path(__file__).resolve().parents[4] / "modules" / "analytics" / "queries"
HISTORY = "-- Whose? A user's.\nSELECT '?' AS mark, event_type FROM events WHERE user_id = ?"


class FakeAthena:
    """A workgroup with two queries, whose executions take one look and answer three rows."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        self.states = ["QUEUED", "RUNNING", "SUCCEEDED"]

    def get_paginator(self, operation: str) -> "FakeAthena":
        """Either of the two paginated calls."""
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        """A page of ids, or two pages of rows."""
        if "WorkGroup" in request:
            return [{"NamedQueryIds": ["2"]}, {"NamedQueryIds": ["1"]}]
        rows = [["type", "events"], ["DetailView", "3"], ["Favorite", "2"], ["Application", None]]
        cells = [{"Data": [{"VarCharValue": value} if value else {} for value in row]} for row in rows]
        return [{"ResultSet": {"Rows": cells[:2]}}, {"ResultSet": {"Rows": cells[2:]}}]

    def get_named_query(self, NamedQueryId: str) -> dict[str, Any]:  # noqa: N803
        """One of the two."""
        name, sql = {"1": ("events_by_day", "SELECT 1"), "2": ("user_history", HISTORY)}[NamedQueryId]
        return {"NamedQuery": {"Name": name, "Description": "What?", "Database": "raw", "QueryString": sql}}

    def start_query_execution(self, **request: Any) -> dict[str, str]:
        """Starts."""
        self.started.append(request)
        return {"QueryExecutionId": "7"}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:  # noqa: N803
        """One state further."""
        status = {"State": self.states.pop(0), "StateChangeReason": "COLUMN_NOT_FOUND: breed"}
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 2_500_000}}}


def deployed(athena: FakeAthena) -> Deployment:
    """An environment with that workgroup and nothing else."""
    deployment = Deployment("test", FakeAws({"athena": athena}))
    deployment.names = {"athena-workgroup": "test"}
    return deployment


@pytest.fixture
def athena() -> FakeAthena:
    """The workgroup."""
    return FakeAthena()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "POLL_SECONDS", 0)


def test_given_no_name_then_the_queries_are_listed(athena: FakeAthena, capsys: pytest.CaptureFixture[str]) -> None:
    print_queries(deployed(athena))
    assert "user_history" in capsys.readouterr().out


def test_given_a_query_with_its_parameter_then_the_answer_is_a_table(
    athena: FakeAthena, capsys: pytest.CaptureFixture[str]
) -> None:
    print_answer(deployed(athena), "user-history", ["o'Neill"], 100)
    assert athena.started[0]["ExecutionParameters"] == ["'o''Neill'"]
    assert athena.started[0]["QueryExecutionContext"] == {"Database": "raw"}
    out = capsys.readouterr().out
    assert [word for word in ("DetailView", "Favorite", "Application") if word not in out] == []
    assert "2.5 MB read" in out


@pytest.mark.parametrize("user", ["o'neil-d'arcy", "a\\b", '"quoted"', "john smith 7", "-x", "--limit=1", "$(touch x)"])
def test_given_an_id_with_any_characters_then_exactly_it_is_asked_for_and_shown(
    athena: FakeAthena, user: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(query, "connect", lambda environment: deployed(athena))
    assert query.main(["--environment", "test", f"--user={user}", "user_history"]) == 0
    assert athena.started[0]["ExecutionParameters"] == [quote(user)]
    assert repr(user) in capsys.readouterr().out


def test_given_a_limit_then_it_says_that_there_is_more(athena: FakeAthena, capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(deployed(athena), "events_by_day", [], 2)
    out = capsys.readouterr().out
    assert "Application" not in out
    assert "Only the first 2 rows" in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "there is no query 'nothing'; there are events_by_day, user_history"),
        ("user_history", "user_history takes 1 parameter, not 0"),
    ],
)
def test_given_what_cannot_be_asked_then_it_is_said(athena: FakeAthena, name: str, said: str) -> None:
    with pytest.raises(TaskError, match=said):
        print_answer(deployed(athena), name, [], 100)


def test_given_a_query_that_fails_then_athenas_reason_is_named() -> None:
    fake = FakeAthena()
    fake.states = ["RUNNING", "FAILED"]
    named = NamedQuery("top_breeds", "", "raw", "SELECT 1")
    with running("asking") as progress, pytest.raises(TaskError, match="top_breeds FAILED: COLUMN_NOT_FOUND: breed"):
        Athena(fake, "test", sleep=lambda seconds: None).run(named, [], progress)


PARAMETERS = {"user_history": 1, "attribution": 1, "experiment_answers": 2, "experiment_outcomes": 3}


@pytest.mark.parametrize("file", sorted(QUERIES.glob("*.sql")), ids=lambda file: file.stem)
def test_given_the_published_queries_then_their_parameters_are_counted(file: Path) -> None:
    expected = PARAMETERS.get(file.stem, 0)
    assert NamedQuery(file.stem, "", "raw", file.read_text(encoding="utf-8")).parameters == expected


def test_given_any_text_then_it_is_one_sql_literal() -> None:
    assert quote("1' OR '1'='1") == "'1'' OR ''1''=''1'"
