"""What is shown of an experiment, and what is said if there is nothing to show."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from animal_recommender.experiments import share_ledger
from animal_recommender.experiments.statistics import Interval
from animal_recommender.experiments.verdict import Look, judge
from scripts.common.task import TaskError
from scripts.operate import experiment as command
from scripts.operate import query
from scripts.operate.deployment import Deployment
from scripts.operate.experiment import choose_experiments, draw_chart, judge_now, print_verdict
from tests.support.experiment_counts import counts, day, experiment
from tests.unit.scripts.fakes import FakeAws

DEFINITION = {
    "arms": {"model": {"share": 0.5, "shows": "recommender"}, "popular": {"share": 0.5, "shows": "popular"}},
    "control": "popular",
    "start_date": "2026-11-01",
    "end_date": "2026-12-31",
}
SEEN = [["popular", "2026-11-01", "", "", "400"], ["model", "2026-11-01", "", "", "400"]]


class FakeAthena:
    """A workgroup with the two queries, each of which answers at once with its rows below a header."""

    def __init__(self, rows: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.rows = rows

    def get_paginator(self, operation: str) -> "FakeAthena":
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        if "WorkGroup" in request:
            return [{"NamedQueryIds": list(self.rows)}]
        lines = [["header"], *self.rows[request["QueryExecutionId"]]]
        return [{"ResultSet": {"Rows": [{"Data": [{"VarCharValue": cell} for cell in line]} for line in lines]}}]

    def get_named_query(self, NamedQueryId: str) -> dict[str, Any]:  # noqa: N803
        return {"NamedQuery": {"Name": NamedQueryId, "Database": "raw", "QueryString": NamedQueryId}}

    def start_query_execution(self, **request: Any) -> dict[str, str]:
        return {"QueryExecutionId": request["QueryString"]}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:  # noqa: N803
        return {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}}


class FakeCloudWatch:
    def __init__(self, lost: int) -> None:
        self.lost, self.asked = lost, {}

    def get_metric_statistics(self, **request: Any) -> dict[str, Any]:
        self.asked = request
        return {"Datapoints": [{"Sum": float(self.lost)}]}


class FakeS3:
    """A bucket with the ledger of an experiment, or without."""

    def __init__(self, ledger: share_ledger.Ledger | None) -> None:
        self.ledger = ledger

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        return {"Contents": [request]} if self.ledger else {}

    def get_object(self, **request: Any) -> dict[str, Any]:
        assert request == {"Bucket": "raw", "Key": "experiments/shelf/ledger.json"}
        return {"Body": io.BytesIO(share_ledger.dump(self.ledger).encode())}


def deployed(
    seen: Sequence[Sequence[str]] = (), *, lost: int = 0, ledger: share_ledger.Ledger | None = None, **names: str
) -> Deployment:
    rows = {"experiment_outcomes": seen, "experiment_answers": [["model", "700", "0"]] if seen else []}
    aws = {"athena": FakeAthena(rows), "cloudwatch": FakeCloudWatch(lost), "s3": FakeS3(ledger)}
    deployment = Deployment("test", FakeAws(aws))
    deployment.names = {
        "athena-workgroup": "test",
        "raw-bucket": "raw",
        "functions/recommend": "test-recommend:live",
        "experiments": json.dumps({"shelf": DEFINITION}),
        "experiment-shares": "{}",
        **names,
    }
    return deployment


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is printed on a terminal of 80 columns."""
    out = io.StringIO()
    for module in (command, __import__("scripts.common.terminal", fromlist=["console"])):
        monkeypatch.setattr(module, "console", Console(file=out, width=80, highlight=False))
    monkeypatch.setattr(query, "POLL_SECONDS", 0)
    return out


def test_given_counts_when_judged_then_the_lost_exposures_of_its_function_are_counted(shown: io.StringIO) -> None:
    deployment = deployed(SEEN, lost=900)
    verdict = judge_now(deployment, choose_experiments(deployment, "shelf")[0], day(1))
    assert verdict.tallies["model"].visitors == 400
    assert "900 of 1,600 exposures" in verdict.reasons[0]
    asked = deployment.aws.client("cloudwatch").asked
    assert asked["Dimensions"] == [{"Name": "service", "Value": "test-recommend"}]
    assert asked["StartTime"] == datetime(2026, 11, 1, tzinfo=UTC)


def test_given_shares_that_were_changed_when_judged_then_the_ledger_says_since_when(shown: io.StringIO) -> None:
    uneven = [["popular", "2026-11-01", "", "", "360"], ["model", "2026-11-01", "", "", "40"]]
    seen = "2026-11-04T06:00:00+00:00"
    steps = (
        share_ledger.Step("2026-10-31T06:00:00+00:00", {"model": 0.1, "popular": 0.9}, "found", "done", seen),
        share_ledger.Step("2026-11-05T06:00:00+00:00", {"model": 0.5, "popular": 0.5}, "better"),
    )
    known = deployed(uneven, ledger=share_ledger.Ledger(steps))
    (shelf,) = choose_experiments(known, None)
    assert judge_now(known, shelf, day(1)).reasons == ()
    wrong = share_ledger.Ledger((steps[0]._replace(shares=steps[1].shares),))
    assert judge_now(deployed(uneven, ledger=wrong), shelf, day(1)).reasons != ()


def test_given_an_unknown_name_when_asked_then_the_known_ones_are_named() -> None:
    with pytest.raises(TaskError, match="there are: shelf"):
        choose_experiments(deployed(), "shelves")


@pytest.mark.parametrize("definitions", ["{}", "[]", '{"shelf": {}}'])
def test_given_no_experiment_or_a_damaged_one_when_asked_then_it_is_said(definitions: str) -> None:
    with pytest.raises(TaskError, match=r"has no experiment|Experiment"):
        choose_experiments(deployed(experiments=definitions), None)


def test_given_wrong_changed_shares_when_asked_then_they_are_named_and_the_defined_ones_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (shelf,) = choose_experiments(deployed(**{"experiment-shares": '{"shelf": {"shares": null}}'}), None)
    assert shelf.shares == {"model": 0.5, "popular": 0.5}
    assert "Experiment shelf: the shares" in " ".join(capsys.readouterr().err.split())


def test_given_no_exposure_when_judged_then_it_is_said_why(shown: io.StringIO) -> None:
    deployment = deployed(lost=4)
    (shelf,) = choose_experiments(deployment, None)
    with pytest.raises(TaskError, match=r"no exposure since 2026-11-01.*4 exposures could not"):
        judge_now(deployment, shelf, day(3))
    with pytest.raises(TaskError, match="begins on 2026-11-01"):
        judge_now(deployment, shelf, day(-3))


def test_given_a_first_day_that_is_not_over_when_judged_then_that_is_said(shown: io.StringIO) -> None:
    deployment = deployed(SEEN)
    (shelf,) = choose_experiments(deployment, None)
    with pytest.raises(TaskError, match="since today only"):
        judge_now(deployment, shelf, day(0))
    assert judge_now(deployment, shelf, day(1)).until == day(0)


def test_given_a_verdict_when_printed_then_it_fits_80_columns_and_says_all(shown: io.StringIO) -> None:
    several = experiment({"model": 0.3, "newest": 0.3, "popular": 0.4}, secondary_outcomes=("Favorite",))
    numbers = {"model": (3000, 120), "newest": (3000, 60), "popular": (4000, 80)}
    print_verdict(judge(several, counts(numbers, 30), day(29)))
    text = shown.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    words_in_it = ["popular (control)", "90,000", "4.00%", "BETTER", "model is better than popular", str(day(29))]
    for words in (*words_in_it, "newest less popular", "Favorite, not judged"):
        assert words in text


def look(number: int, lower: float, estimate: float, upper: float) -> Look:
    return Look(day(number), Interval(estimate, lower, upper))


def test_given_looks_when_drawn_then_intervals_stand_beside_the_axis_and_wide_ones_end_in_arrows() -> None:
    lines = draw_chart([look(0, -1, 0, 1), look(1, -0.01, 0.01, 0.03), look(2, 0.01, 0.02, 0.03)])
    wide, middle, narrow = (line.plain[11:66] for line in lines)
    assert (wide[0], wide[-1]) == ("◄", "►")
    assert middle[27] == "┼"
    assert narrow[27] == "│"
    assert narrow.index("├") > 27
    assert lines[2].plain.endswith("+2.00")
    assert [str(span.style) for span in lines[2].spans] == ["green"]
    assert {len(line.plain) for line in lines} == {76}


def test_given_many_looks_when_drawn_then_some_are_left_out_but_never_the_newest() -> None:
    lines = draw_chart([look(number, -0.01, 0.0, 0.01) for number in range(90)])
    assert len(lines) <= 14
    assert lines[-1].plain.startswith(str(day(0) + timedelta(89)))
    assert draw_chart([]) == []
