"""The price of each component."""

import math
from dataclasses import replace

import pytest

from scripts.deploy.cost import components
from scripts.deploy.cost.components import COMPONENTS, Load, invocations
from scripts.deploy.cost.prices import SECONDS
from tests.unit.scripts.deploy.cost.examples import BUSY, FIRST, IDLE, PRICES, SETTINGS


def of(component, of_settings=SETTINGS, load=BUSY):
    return getattr(components, component)(of_settings, load, PRICES)


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


def test_a_site_costs_its_requests_and_what_browsers_get_and_no_site_nothing():
    million = Load(1e6 / SECONDS, 0)
    assert of("site", load=million) == 0
    assert of("site", replace(SETTINGS, site=True), million) == pytest.approx(3 * 1.0 + 15e9 / 2**30 * 0.085)


def test_an_api_for_browsers_costs_a_key_and_its_requests_and_without_one_nothing():
    names = ("accept_events", "create_visitor", "identify_visitor")
    functions = {**SETTINGS.functions, **dict.fromkeys(names, SETTINGS.functions["get_history"])}
    with_api = replace(SETTINGS, browsers=True, functions=functions)
    assert of("browsers") == 0
    assert not set(names) & set(invocations(SETTINGS, BUSY, PRICES))
    assert of("browsers", with_api, IDLE) == 1.0
    # Of 30 events: 10 requests with events, 3 visitors, 0.6 logins, 0.6 of the history; and 2 answers of each model.
    asked = 10 + 3 + 0.6 + 0.6 + 2 + 2
    assert of("browsers", with_api, Load(30e6 / SECONDS, 2e6 / SECONDS)) == pytest.approx(1.0 + asked)


def test_a_batch_costs_its_users_each_time_and_no_batch_nothing():
    assert of("batches") == 0
    assert of("batches", replace(SETTINGS, batches_per_month=4), IDLE) == pytest.approx(4 * 10 * 0.067)


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


def test_batches_for_the_raw_store_wait_until_they_are_full_or_old():
    few, many = (invocations(SETTINGS, Load(rate, 0), PRICES)["normalize_events"] for rate in (10, 10_000))
    assert few[0] == pytest.approx(4 / 30)  # one for each shard every 30 seconds
    assert many[0] == pytest.approx(10_000 * 400 / (0.2 * 2**20))
    assert invocations(SETTINGS, IDLE, PRICES)["normalize_events"][0] == 0


def test_the_history_is_priced_when_it_is_full():
    year, quarter = of("history"), of("history", replace(SETTINGS, history_ttl_days=91.25))
    assert year - quarter == pytest.approx(0.75 * 1000 * 86_400 * 365 * 700 / 2**30 * 0.25)
    assert of("history", replace(SETTINGS, point_in_time_recovery=True)) > year


def test_snapshots_cost_as_long_as_two_versions_exist_and_for_each_start():
    functions = {**SETTINGS.functions, "recommend": replace(SETTINGS.functions["recommend"], snap_start=True)}
    cached = 2 * 0.5 * SECONDS * 0.0000015046  # 3.95 dollars
    restored = 4 * 730 * 0.5 * 0.0001397998
    added = of("functions", replace(SETTINGS, functions=functions), IDLE) - of("functions", load=IDLE)
    assert added == pytest.approx(cached + restored)


@pytest.mark.parametrize("component", COMPONENTS.values())
def test_more_events_never_cost_less(component):
    costs = [component(SETTINGS, Load(rate, rate / 10), PRICES) for rate in (0, 1, 10, 100, 1_000, 10_000)]
    assert costs == sorted(costs)
    assert all(math.isfinite(one) and one >= 0 for one in costs)


def test_the_catalogue_of_pets_costs_its_feeds_and_its_storage():
    feeds = 1000 * 30 / 1e6 * (2.2 * PRICES.usd("dynamodb.writes") + 2 * PRICES.usd("dynamodb.reads"))
    assert of("pets") == pytest.approx(feeds + 1000 * 3000 / 2**30 * PRICES.usd("dynamodb.storage"))
    assert of("pets", replace(SETTINGS, point_in_time_recovery=True)) > of("pets")


def test_exposures_are_billed_by_request_of_the_functions_with_experiments():
    assert of("exposures") == 0
    one = of("exposures", replace(SETTINGS, functions_with_experiments=1), Load(0, 10))
    assert of("exposures", replace(SETTINGS, functions_with_experiments=2), Load(0, 5)) == pytest.approx(one)
    firehose = 10 * SECONDS * 5 * 1024 / 2**30 * 0.029
    assert firehose < one < 2 * firehose


def test_verdicts_cost_what_their_queries_read_for_each_experiment():
    one = replace(SETTINGS, experiments=1, functions_with_experiments=1)
    assert of("verdicts") == 0
    assert of("verdicts", replace(one, experiments=3)) == pytest.approx(3 * of("verdicts", one))
    read = 30 * 30 * 86_400 * 400 * PRICES.assume("gzip") / 1e12  # a month's looks at a month of one event a second
    assert of("verdicts", one, Load(1, 0)) == pytest.approx(read * 5)
