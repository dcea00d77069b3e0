"""The price file, with its dates and assumptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "prices.json"
HOURS = 730.0  # of a month, as AWS counts
SECONDS = HOURS * 3600
GB = 2.0**30
KB = 1024.0


@dataclass(frozen=True)
class Prices:
    """US dollars by name, and assumptions for what cannot be known beforehand."""

    region: str
    note: str
    prices: Mapping[str, Mapping[str, Any]]
    assumptions: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls, path: Path = FILE) -> Prices:
        """Read the file."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def usd(self, name: str) -> float:
        """Return the price of one unit; the file says what a unit is (`per`)."""
        return float(self.prices[name]["usd"])

    def tiered(self, name: str, units: float) -> float:
        """Return the price of a number of units where the unit price falls with the number."""
        total, below = 0.0, 0.0
        for tier in self.prices[name]["tiers"]:
            limit = tier["up_to"] or units
            total += max(min(units, limit) - below, 0.0) * tier["usd"]
            below = limit
        return total

    def assume(self, name: str) -> float:
        """Return the value of an assumption."""
        return float(self.assumptions[name]["value"])

    @property
    def dates(self) -> tuple[str, str]:
        """The months of the oldest and the newest price."""
        found = sorted(price["as_of"] for price in self.prices.values())
        return found[0], found[-1]
