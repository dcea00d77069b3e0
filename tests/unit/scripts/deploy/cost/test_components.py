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
