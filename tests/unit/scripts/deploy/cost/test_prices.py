"""The price file."""

import re
from dataclasses import replace

from scripts.common.environments import ROOT
from tests.unit.scripts.deploy.cost.examples import PRICES


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
