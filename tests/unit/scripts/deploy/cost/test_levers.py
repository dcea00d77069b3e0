"""What changes the cost."""

from dataclasses import replace

import pytest

from scripts.deploy.cost.components import invocations, monthly
from scripts.deploy.cost.levers import effects, levers
from tests.unit.scripts.deploy.cost.examples import BUSY, IDLE, PRICES, SETTINGS


def test_levers_that_change_nothing_are_left_out():
    said = [lever.what for lever in levers(SETTINGS)]
    assert "minimum_provisioned_tps = 1 for all models" not in said
    assert "arm64" not in said
    assert "no snap_start" not in said
    assert "no reranker" in said


def test_a_lever_is_the_difference_of_two_estimates():
    (lever,) = [one for one in levers(SETTINGS) if one.what == "history_ttl_days = 90"]
    saved = monthly(SETTINGS, BUSY, PRICES)["History (DynamoDB)"]
    saved -= monthly(replace(SETTINGS, history_ttl_days=90), BUSY, PRICES)["History (DynamoDB)"]
    assert effects(lever, SETTINGS, [BUSY], PRICES) == [pytest.approx(-saved)]


def test_a_model_of_similar_pets_costs_its_campaign_its_training_and_its_requests_and_without_it_nothing():
    some = replace(
        SETTINGS,
        models={**SETTINGS.models, "similar": SETTINGS.models["recommender"]},
        functions={**SETTINGS.functions, "similar": SETTINGS.functions["recommend"]},
    )
    (lever,) = [one for one in levers(some) if one.what == "no similar"]
    assert monthly(lever.settings, BUSY, PRICES) == monthly(SETTINGS, BUSY, PRICES)
    saved = {name for name, usd in monthly(some, BUSY, PRICES).items() if usd > monthly(SETTINGS, BUSY, PRICES)[name]}
    assert saved >= {"Personalize: campaigns", "Personalize: training", "Lambda", "CloudWatch, X-Ray"}


def test_without_the_reranker_neither_its_capacity_nor_its_requests_are_paid():
    (lever,) = [one for one in levers(SETTINGS) if one.what == "no reranker"]
    assert effects(lever, SETTINGS, [IDLE], PRICES)[0] < -146
    assert "rerank" not in invocations(lever.settings, BUSY, PRICES)
