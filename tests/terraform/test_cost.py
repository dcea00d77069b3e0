"""The README's prices are those of `make cost`."""

import re

import pytest

from scripts.common import tfvars
from scripts.common.environments import ROOT
from scripts.deploy.cost.components import Load, monthly
from scripts.deploy.cost.prices import Prices
from scripts.deploy.cost.settings import Settings

ROW = re.compile(r"^\| \w+: .* \| ([\d.]+)/s \| `(\w+)\.tfvars`.* \| ([\d,]+) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("events", "environment", "dollars"), ROWS)
def test_given_a_row_of_the_readme_then_its_price_is_the_estimate(events: str, environment: str, dollars: str) -> None:
    settings, prices = Settings.read(tfvars.read(environment, "functions")), Prices.load()
    load = Load(float(events), float(events) * prices.assume("requests_per_event"))
    assert sum(monthly(settings, load, prices).values()) == pytest.approx(float(dollars.replace(",", "")), rel=0.01)


def test_given_the_readme_then_it_has_a_price_for_three_sizes_of_a_site() -> None:
    assert len(ROWS) == 3
