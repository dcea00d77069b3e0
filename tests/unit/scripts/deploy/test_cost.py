import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.common.tfvars import Configuration
from scripts.deploy.cost import __main__ as cost
from scripts.deploy.cost import components, settings
from scripts.deploy.cost.components import COMPONENTS, Load, invocations, monthly
from scripts.deploy.cost.levers import effects, levers
from scripts.deploy.cost.prices import SECONDS, Prices
from scripts.deploy.cost.settings import Function, Model, Settings

ROOT = Path(__file__).resolve().parents[4]
PRICES = Prices.load()
FIRST = Model(v2=False, minimum_tps=1, minimum_new_interactions=1000, training_hours=None)
SETTINGS = Settings(
    models={"recommender": FIRST, "reranker": FIRST},
    functions={
        name: Function(0.5, 0) for name in ("put_events", "record_history", "get_history", "recommend", "rerank")
    },
    runs_per_month=30,
    stream_retention_hours=48,
    batch_size=100,
    batching_window_seconds=1,
    buffering_seconds=60,
    history_ttl_days=365,
    raw_events_days=90,
    log_retention_days=14,
    point_in_time_recovery=False,
    architecture="arm64",
    alarms=True,
)
IDLE = Load(0, 0)
BUSY = Load(1000, 100)


def of(component, of_settings=SETTINGS, load=BUSY):
    return getattr(components, component)(of_settings, load, PRICES)


# ---- the price file ----


def test_every_price_has_a_unit_a_source_and_a_month():
    for name, price in PRICES.prices.items():
        assert ("usd" in price) != ("tiers" in price), name
        assert price["per"], name
        assert price["source"].startswith("https://aws.amazon.com/"), name
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", price["as_of"]), name


def test_every_assumption_says_why():
    assert all(assumption["why"] for assumption in PRICES.assumptions.values())


def test_nothing_in_the_file_is_unused():
    code = "".join(path.read_text() for path in (ROOT / "scripts" / "deploy" / "cost").glob("*.py"))
    by_architecture = {f"lambda.{kind}{one}" for kind in ("", "provisioned_") for one in ("arm64", "x86_64")}
    assert [name for name in PRICES.prices if f'"{name}"' not in code and name not in by_architecture] == []
    assert [name for name in PRICES.assumptions if f'"{name}"' not in code] == []


def test_a_tiered_price_falls_with_the_number():
    tiers = {"x": {"tiers": [{"up_to": 10, "usd": 3}, {"up_to": 20, "usd": 2}, {"up_to": None, "usd": 1}]}}
    prices = replace(PRICES, prices=tiers)
    assert [prices.tiered("x", units) for units in (0, 5, 10, 15, 20, 25)] == [0, 15, 30, 40, 50, 55]


# ---- components ----


def test_an_idle_campaign_costs_its_provisioned_minimum():
    one = replace(SETTINGS, models={"recommender": FIRST})
    assert of("campaigns", one, IDLE) == pytest.approx(SECONDS / 1000 * 0.0556)  # 146 dollars


def test_a_campaign_costs_what_is_more_of_its_minimum_and_its_requests():
    five = replace(SETTINGS, models={"recommender": replace(FIRST, minimum_tps=5)})
    assert of("campaigns", five, Load(0, 4)) == of("campaigns", five, IDLE)
    assert of("campaigns", five, Load(0, 6)) > of("campaigns", five, IDLE)


def test_requests_of_both_models_share_the_tiers():
    both = of("campaigns", load=Load(0, 100))
    requests = 200 * SECONDS
    assert both == pytest.approx((72e6 * 0.0556 + (requests - 72e6) * 0.0278) / 1000)


def test_second_generation_is_billed_by_request_and_by_interaction():
    second = replace(SETTINGS, models={"recommender": replace(FIRST, v2=True)})
    assert of("campaigns", second, IDLE) == pytest.approx(SECONDS / 1000 * 0.15)  # 394 dollars
    year = 1 * SECONDS * 12
    assert of("trainings", second, Load(1, 0)) == pytest.approx(30 * year / 1000 * 0.002)


def test_training_looks_at_no_more_interactions_than_the_service():
    assert of("trainings", load=Load(1e6, 0)) == of("trainings", load=Load(1e7, 0))


def test_runs_without_enough_new_interactions_train_nothing():
    daily = of("trainings", load=Load(1000 / 86_400 * 1.1, 0))
    assert of("trainings", load=Load(1000 / 86_400 * 0.6, 0)) < 0.55 * daily
    assert of("trainings", load=IDLE) == 0
    assert of("trainings", replace(SETTINGS, runs_per_month=0)) == 0


def test_a_training_budget_is_kept():
    capped = replace(SETTINGS, models={"recommender": replace(FIRST, training_hours=10.0)})
    assert of("trainings", capped) == pytest.approx(10 * 0.24)


def test_the_stream_rounds_each_record_up_and_is_read_three_times():
    gigabytes = SECONDS * 1000 * 1024 / 2**30
    expected = 730 * 0.04 + gigabytes * (0.08 + 3 * 0.04) + gigabytes / 730 * 24 * 0.10
    assert of("stream") == pytest.approx(expected)
    week, month = (of("stream", replace(SETTINGS, stream_retention_hours=hours)) for hours in (168, 720))
    assert month - week == pytest.approx(gigabytes / 730 * (720 - 168) * 0.023)


def test_batches_grow_with_the_rate_until_they_are_full():
    few, many = (invocations(SETTINGS, Load(rate, 0), PRICES)["put_events"] for rate in (1, 1_000))
    assert few[0] == 1
    assert many[0] == pytest.approx(1_000 / 100)
    assert many[1] > few[1]


def test_the_history_is_priced_when_it_is_full():
    year, quarter = of("history"), of("history", replace(SETTINGS, history_ttl_days=91.25))
    assert year - quarter == pytest.approx(0.75 * 1000 * 86_400 * 365 * 700 / 2**30 * 0.25)
    assert of("history", replace(SETTINGS, point_in_time_recovery=True)) > year


@pytest.mark.parametrize("component", COMPONENTS.values())
def test_more_events_never_cost_less(component):
    costs = [component(SETTINGS, Load(rate, rate / 10), PRICES) for rate in (0, 1, 10, 100, 1_000, 10_000)]
    assert costs == sorted(costs)
    assert all(math.isfinite(one) and one >= 0 for one in costs)


# ---- settings ----


def test_modules_defaults_are_those_of_the_modules():
    declared = "".join(path.read_text() for path in (ROOT / "modules").glob("*/variables.tf"))
    for name, value in settings.MODULE_DEFAULTS.items():
        text = f'"{value}"' if isinstance(value, str) else str(value)
        assert re.search(rf"\b{name} +=? *optional\(\w+, {re.escape(text)}\)", declared), name


def test_nulls_become_the_modules_defaults():
    variables = {
        "models": {"recommender": {"recipe": "aws-user-personalization-v2", "minimum_provisioned_tps": 2}},
        "stream_mapping": {"batch_size": None, "batching_window_seconds": 3},
        "stream": {"retention_hours": 24},
        "firehose": {"buffering_seconds": None},
        "retention_days": {"raw_events": None},
        "retraining": {"enabled": False, "minimum_new_interactions": 50},
        "history_ttl_days": 30,
        "log_retention_days": 7,
        "point_in_time_recovery": True,
        "lambda_architecture": "x86_64",
        "alarms": {"enabled": None},
    }
    functions = {"recommend": {"memory_size": 1024, "provisioned_concurrency": 2}, "rerank": {}}
    made = Settings.read(Configuration(variables, {"functions": functions}))
    assert made.models == {"recommender": Model(True, 2, 50, None)}
    assert made.functions == {"recommend": Function(1.0, 2), "rerank": Function(0.25, 0)}
    assert (made.batch_size, made.batching_window_seconds, made.buffering_seconds) == (100, 3, 300)
    assert (made.runs_per_month, made.alarms, made.raw_events_days) == (0, True, 730)


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ("rate(1 day)", 30),
        ("rate(12 hours)", 60),
        ("rate(30 minutes)", 1440),
        ("cron(0 3 * * ? *)", 30),
        ("cron(0 3,15 * * ? *)", 60),
        ("cron(0 */6 * * ? *)", 120),
        ("cron(0 3 ? * MON *)", 30 / 7),
        ("cron(0 3 ? * MON-FRI *)", 150 / 7),
        ("cron(0 3 1,15 * ? *)", 2),
        ("at(2030-01-01T00:00:00)", 30),
    ],
)
def test_schedules_are_read(schedule, runs):
    assert settings.count_runs(schedule) == pytest.approx(runs)


# ---- levers and the command ----


def test_levers_that_change_nothing_are_left_out():
    said = [lever.what for lever in levers(SETTINGS)]
    assert "minimum_provisioned_tps = 1 for all models" not in said
    assert "arm64" not in said
    assert "no reranker" in said


def test_a_lever_is_the_difference_of_two_estimates():
    (lever,) = [one for one in levers(SETTINGS) if one.what == "history_ttl_days = 90"]
    saved = monthly(SETTINGS, BUSY, PRICES)["History (DynamoDB)"]
    saved -= monthly(replace(SETTINGS, history_ttl_days=90), BUSY, PRICES)["History (DynamoDB)"]
    assert effects(lever, SETTINGS, [BUSY], PRICES) == [pytest.approx(-saved)]


def test_without_the_reranker_neither_its_capacity_nor_its_requests_are_paid():
    (lever,) = [one for one in levers(SETTINGS) if one.what == "no reranker"]
    assert effects(lever, SETTINGS, [IDLE], PRICES)[0] < -146
    assert "rerank" not in invocations(lever.settings, BUSY, PRICES)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_command_estimates_the_real_environments(environment, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    assert cost.main(["--environment", environment, "--events-per-second", "10", "10000"]) == 0
    said = capsys.readouterr().out
    assert "Personalize: campaigns" in said
    assert "At 10 events/s most is saved by" in said
    assert "1,000 is the quota" in said


def test_rates_come_from_variables_of_make(monkeypatch):
    monkeypatch.setenv("EVENTS_PER_SECOND", "5, 50")
    monkeypatch.setenv("REQUESTS_PER_SECOND", "7")
    given = cost._parser().parse_args(["--environment", "dev"])
    assert (given.events_per_second, given.requests_per_second) == ([5, 50], 7)


def test_a_rate_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        cost.main(["--environment", "dev", "--events-per-second", "many"])
    assert "must be a number of 0 or more" in capsys.readouterr().err
