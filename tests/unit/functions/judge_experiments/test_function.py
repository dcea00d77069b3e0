"""What a daily run does: the verdict, the mail, the shares, and the same after a run that broke off anywhere."""

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from animal_recommender.experiments import share_ledger
from animal_recommender.experiments.definition import parse_changed_shares
from judge_experiments.function import Settings, make_handler
from judge_experiments.services import Services
from tests.support.experiment_counts import day, equal_days
from tests.unit.functions.fakes import FakeContext, validate

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
EARLY = datetime(2026, 11, 2, 6, tzinfo=UTC)
DEFINITION = {
    "arms": {"model": {"share": 0.5, "shows": "recommender"}, "popular": {"share": 0.5, "shows": "popular"}},
    "control": "popular",
    "start_date": "2026-11-01",
    "end_date": "2026-12-31",
    "act": True,
}
SETTINGS = Settings(
    environment="test",
    experiments_parameter="experiments",
    shares_parameter="shares",
    raw_bucket="raw",
    workgroup="test",
    topic_arn="arn:aws:sns:us-east-1:123456789012:topic",
    query_ids={"experiment_outcomes": "id-outcomes", "experiment_answers": "id-answers", "attribution": "id-live"},
    function_names={"recommend": "test-recommend"},
)
BETTER, EQUAL = {"model": (500, 40), "popular": (500, 20)}, {"model": (500, 20), "popular": (500, 20)}


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


class Killed(BaseException):
    """The function ends here, as if its time were over."""


class World:
    """One deployment: parameters, objects, mails, metrics. A run ends after its write number `kill_at`."""

    def __init__(self) -> None:
        self.parameters = {"experiments": json.dumps({"shelf": DEFINITION}), "shares": "{}"}
        self.objects: dict[str, bytes] = {}
        self.mails: list[dict[str, Any]] = []
        self.numbers: dict[str, tuple[int, int]] = EQUAL
        self.numbers_by_day: dict[int, dict[str, tuple[int, int]]] = {}
        self.days = 19
        self.metrics: dict[tuple[str, bool], float] = {}
        self.raised_at = datetime.max.replace(tzinfo=UTC)
        self.fails = False
        self.kill_at, self.writes = 0, 0
        self.meanwhile: Callable[[], object] | None = None

    def client(self) -> Services:
        return Services(self, self, self, self, self, sleep=lambda seconds: None)  # type: ignore[arg-type]

    def _wrote(self) -> None:
        self.writes += 1
        if self.writes == self.kill_at:
            raise Killed

    # SSM
    def get_parameter(self, **request: Any) -> dict[str, Any]:
        validate("ssm", "GetParameter", request)
        return {"Parameter": {"Value": self.parameters[request["Name"]]}}

    def put_parameter(self, **request: Any) -> None:
        validate("ssm", "PutParameter", request)
        self.parameters[request["Name"]] = request["Value"]
        self._wrote()

    # S3
    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        validate("s3", "ListObjectsV2", request)
        return {"Contents": [{}]} if request["Prefix"] in self.objects else {}

    def get_object(self, **request: Any) -> dict[str, Any]:
        validate("s3", "GetObject", request)
        body = self.objects[request["Key"]]
        return {"Body": io.BytesIO(body), "ETag": _etag(body)}

    def put_object(self, **request: Any) -> dict[str, str]:
        validate("s3", "PutObject", request)
        there = self.objects.get(request["Key"])
        etag = None if there is None else _etag(there)
        if ("IfNoneMatch" in request and there is not None) or request.get("IfMatch", etag) != etag:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.objects[request["Key"]] = request["Body"]
        self._wrote()
        return {"ETag": _etag(request["Body"])}

    # SNS
    def publish(self, **request: Any) -> None:
        validate("sns", "Publish", request)
        self.mails.append(request)
        self._wrote()

    # CloudWatch: a value for each metric, before and since the share was raised
    def get_metric_statistics(self, **request: Any) -> dict[str, Any]:
        validate("cloudwatch", "GetMetricStatistics", request)
        value = self.metrics.get((request["MetricName"], request["StartTime"] >= self.raised_at))
        return {"Datapoints": [] if value is None else [{request["Statistics"][0]: value}]}

    # Athena
    def get_named_query(self, **request: Any) -> dict[str, Any]:
        validate("athena", "GetNamedQuery", request)
        return {"NamedQuery": {"Name": "q", "Database": "raw", "QueryString": request["NamedQueryId"]}}

    def start_query_execution(self, **request: Any) -> dict[str, str]:
        validate("athena", "StartQueryExecution", request)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        return {"QueryExecutionId": request["QueryString"]}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:  # noqa: N803
        fails = self.fails and QueryExecutionId != "id-live"
        state = {"State": "FAILED", "StateChangeReason": "no table"} if fails else {"State": "SUCCEEDED"}
        return {"QueryExecution": {"Status": state}}

    def get_paginator(self, operation: str) -> "World":
        return self

    def paginate(self, QueryExecutionId: str) -> list[dict[str, Any]]:  # noqa: N803
        live = [["recommend", "recommender", "2026-11-01T10:00:00Z", "100", "30", "5", "1"]]
        rows = {"id-outcomes": self._outcomes(), "id-live": live}.get(QueryExecutionId, [])
        lines = [["header"], *rows]
        return [{"ResultSet": {"Rows": [{"Data": [{"VarCharValue": cell} for cell in line]} for line in lines]}}]

    def _outcomes(self) -> list[Sequence[str]]:
        """The rows of all days; the visitors of a day come by the shares that it had."""
        rows = [row for number in range(self.days) for row in equal_days(self._numbers_on(number), 1, first=number)]
        return [
            (row.arm, str(row.day), row.outcome or "", str(row.outcome_day or ""), str(row.visitors)) for row in rows
        ]

    def _numbers_on(self, number: int) -> dict[str, tuple[int, int]]:
        if number in self.numbers_by_day:
            return self.numbers_by_day[number]
        steps = self.ledger.steps if "experiments/shelf/ledger.json" in self.objects else ()
        shares = next((step.shares for step in reversed(steps) if step.day <= day(number)), {})
        factors = {arm: 2 * shares.get(arm, 0.5) for arm in self.numbers}
        return {arm: tuple(round(one * factors[arm]) for one in both) for arm, both in self.numbers.items()}

    # What is asserted
    @property
    def ledger(self) -> share_ledger.Ledger:
        return share_ledger.parse(self.objects["experiments/shelf/ledger.json"])

    @property
    def verdict(self) -> dict[str, Any]:
        return json.loads(self.objects["experiments/shelf/verdict.json"])

    @property
    def shares(self) -> Any:
        changed = parse_changed_shares(self.parameters["shares"]).get("shelf")
        return changed and changed.shares


Run = Callable[..., dict[str, str]]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def run(world: World, context: FakeContext) -> Run:
    """Run the function at a time."""

    def call(now: datetime = NOW, settings: Settings = SETTINGS) -> dict[str, str]:
        world.days = (now.date() - day(0)).days + 1
        return make_handler(settings, world.client(), lambda: now)({}, context)

    return call


def test_given_no_difference_yet_when_run_then_the_verdict_is_written_and_nobody_is_mailed(
    world: World, run: Run
) -> None:
    assert run(EARLY) == {"shelf": "not enough data yet"}
    assert world.verdict["arms"][1] | {"rate": None} == {
        "name": "popular", "share": 0.5, "isControl": True, "visitors": 500, "outcomes": 20, "rate": None,
    }  # fmt: skip
    assert (world.mails, world.shares) == ([], None)
    assert [step.reason for step in world.ledger.steps] == ["found"]


def test_given_wrong_changed_shares_when_run_then_the_defined_ones_count(world: World, run: Run) -> None:
    world.parameters["shares"] = '{"shelf": {"shares": null}}'
    assert run(EARLY) == {"shelf": "not enough data yet"}
    assert world.verdict["arms"][1]["share"] == 0.5


def test_given_a_day_that_is_not_over_when_run_then_it_changes_no_verdict(world: World, run: Run) -> None:
    expected = run()
    world.numbers_by_day = {19: {"model": (500, 400), "popular": (500, 0)}}
    assert run(NOW + timedelta(minutes=1)) == expected
    assert run(NOW + timedelta(days=1)) == {"shelf": "better"}


def test_given_lists_of_a_model_when_run_then_their_rates_are_metrics(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run(EARLY)
    assert any('"ListClickRate":[30.0]' in line for line in capsys.readouterr().out.replace(" ", "").splitlines())


def test_given_a_daily_mail_when_run_then_it_is_sent_without_news(world: World, run: Run) -> None:
    run(EARLY, Settings(**{**SETTINGS.__dict__, "daily_mail": "true"}))
    assert world.mails[0]["Subject"] == "[test] experiment shelf not enough data yet"
    assert "Wait for more visitors" in world.mails[0]["Message"]


def test_given_a_better_arm_when_run_then_its_share_is_raised_with_a_mail_and_the_ledger_says_why(
    world: World, run: Run
) -> None:
    world.numbers = BETTER
    assert run() == {"shelf": "better"}
    assert world.shares == {"model": 0.75, "popular": 0.25}
    assert world.mails[0]["Subject"] == "[test] experiment shelf better: model; raised model to 75%"
    assert world.ledger.steps[-1] == share_ledger.Step(
        NOW.isoformat(), {"model": 0.75, "popular": 0.25}, "raised model to 75%, because it is better than popular"
    )
    assert world.ledger.mailed == "better"
    assert world.verdict["steps"][-1]["reason"].startswith("raised")


def test_given_an_experiment_that_must_not_act_when_better_then_the_mail_proposes_the_change(
    world: World, run: Run
) -> None:
    world.parameters["experiments"] = json.dumps({"shelf": DEFINITION | {"act": False}})
    world.numbers = BETTER
    run()
    run(NOW + timedelta(days=1))
    assert world.shares is None
    assert len(world.mails) == 1
    assert "Give the arm model a greater share in experiments.shelf" in world.mails[0]["Message"]


def test_given_a_raised_share_when_the_next_days_are_good_then_it_is_raised_again_once(world: World, run: Run) -> None:
    world.numbers = BETTER
    run()
    run(NOW + timedelta(days=1))
    assert world.shares == {"model": 0.75, "popular": 0.25}
    run(NOW + timedelta(days=2))
    run(NOW + timedelta(days=2, minutes=1))
    assert world.shares == {"model": 0.95, "popular": 0.05}
    run(NOW + timedelta(days=9))
    assert [step.reason.split(",")[0] for step in world.ledger.steps] == [
        "found", "raised model to 75%", "raised model to 95%",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        ({("Invocations", True): 1000.0, ("Errors", True): 30.0}, "3.0% of the requests failed"),
        ({("Duration", False): 50.0, ("Duration", True): 90.0}, "1.8 times as long"),
    ],
)
def test_given_a_raised_share_when_the_function_gets_worse_then_it_is_lowered_and_stays_so(
    world: World, run: Run, metrics: dict[tuple[str, bool], float], words: str
) -> None:
    world.numbers, world.raised_at = BETTER, NOW
    run()
    world.metrics = metrics
    run(NOW + timedelta(hours=12))
    assert world.shares == {"model": 0.5, "popular": 0.5}
    assert words in world.ledger.steps[-1].reason
    assert "lowered" in world.mails[-1]["Subject"]
    world.metrics = {}
    run(NOW + timedelta(days=5))
    assert world.shares == {"model": 0.5, "popular": 0.5}


@pytest.mark.parametrize("kill_at", range(1, 8))
def test_given_a_run_that_is_killed_after_any_write_when_it_runs_again_then_the_share_is_raised_once(
    world: World, run: Run, kill_at: int
) -> None:
    world.numbers, world.kill_at = BETTER, kill_at
    with pytest.raises(Killed):
        run()
    run(NOW + timedelta(minutes=1))
    assert world.shares == {"model": 0.75, "popular": 0.25}
    assert [(step.reason.split(",")[0], step.state) for step in world.ledger.steps] == [
        ("found", "done"), ("raised model to 75%", "done"),
    ]  # fmt: skip
    assert world.verdict["conclusion"] == "better"
    assert any("better: model" in mail["Subject"] for mail in world.mails)


@pytest.mark.parametrize("days_before", [0, 3])
def test_given_two_runs_at_once_when_one_raises_a_share_then_the_other_does_not_forget_it(
    world: World, run: Run, days_before: int
) -> None:
    if days_before:
        run(NOW - timedelta(days=days_before))
    mailing = Settings(**{**SETTINGS.__dict__, "daily_mail": "true"})

    def other() -> None:
        world.numbers = BETTER
        run()
        world.numbers = EQUAL

    world.meanwhile = other
    with pytest.raises(ExceptionGroup, match="could not be judged") as raised:
        run(NOW + timedelta(seconds=5), mailing)
    assert "PreconditionFailed" in str(raised.value.exceptions[0])
    world.numbers = BETTER
    run(NOW + timedelta(minutes=1))
    assert world.shares == {"model": 0.75, "popular": 0.25}
    assert [step.reason.split(",")[0] for step in world.ledger.steps] == ["found", "raised model to 75%"]


def test_given_a_step_that_broke_off_when_the_definition_was_edited_since_then_the_edit_wins(
    world: World, run: Run
) -> None:
    world.numbers, world.kill_at = BETTER, 2
    with pytest.raises(Killed):
        run()
    arms = {"model": {"share": 0.4, "shows": "recommender"}, "popular": {"share": 0.6, "shows": "popular"}}
    world.parameters["experiments"] = json.dumps({"shelf": DEFINITION | {"arms": arms, "act": False}})
    run(NOW + timedelta(minutes=1))
    assert world.shares is None
    assert [step.reason for step in world.ledger.steps] == ["found", "changed in the definition"]


def test_given_a_query_that_fails_when_run_then_the_error_is_raised_after_the_others(
    world: World, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    world.fails = True
    with pytest.raises(ExceptionGroup, match="could not be judged") as raised:
        run()
    assert "ExperimentsJudged" not in capsys.readouterr().out
    assert "no table" in str(raised.value.exceptions[0])


@pytest.mark.parametrize(
    ("dates", "judged"),
    [
        ({"start_date": "2026-11-21"}, False),
        ({"end_date": "2026-11-19"}, True),
        ({"end_date": "2026-11-18"}, False),
    ],
)
def test_given_dates_when_run_then_only_a_running_experiment_and_its_last_day_are_judged(
    world: World, run: Run, capsys: pytest.CaptureFixture[str], dates: dict[str, str], judged: bool
) -> None:
    world.parameters["experiments"] = json.dumps({"shelf": DEFINITION | dates})
    assert bool(run()) is judged
    assert '"ExperimentsJudged":[1.0]' in capsys.readouterr().out.replace(" ", "")


def test_given_edits_before_the_first_look_and_between_two_when_run_then_nothing_is_broken(
    world: World, run: Run
) -> None:
    uneven = {"arms": {"model": {"share": 0.2, "shows": "recommender"}, "popular": {"share": 0.8, "shows": "popular"}}}
    world.numbers_by_day = {number: {"model": (800, 16), "popular": (200, 4)} for number in range(4)}
    run(NOW - timedelta(days=16))
    run(NOW - timedelta(days=11))
    world.numbers_by_day |= {number: {"model": (200, 4), "popular": (800, 16)} for number in range(10, 20)}
    world.parameters["experiments"] = json.dumps({"shelf": DEFINITION | uneven})
    assert run(NOW - timedelta(days=7)) == {"shelf": "not enough data yet"}
    assert run(NOW)["shelf"] != "broken"
    world.numbers_by_day |= {number: {"model": (300, 6), "popular": (700, 14)} for number in range(15, 19)}
    assert run(NOW) == {"shelf": "broken"}


def test_given_broken_figures_when_run_then_the_mail_says_why_and_the_share_stays(world: World, run: Run) -> None:
    world.numbers = {"model": (400, 40), "popular": (500, 20)}
    run(EARLY)
    assert run() == {"shelf": "broken"}
    assert world.shares is None
    assert "should have" in world.mails[0]["Message"]
    assert world.verdict["until"] == str(day(18))
