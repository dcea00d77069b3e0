"""The hyperparameters of each recipe: their defaults and ranges (developer guide, the page of each recipe)."""

from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.personalize.validation import finite_number

Algorithm = Mapping[str, "Hyperparameter"]


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter: its default, its range or the `values` that it can have, and whether HPO may vary it."""

    default: str
    low: float = 0
    high: float = 1
    whole: bool = False
    values: tuple[str, ...] = ()
    tunable: bool = True

    def problem(self, value: str) -> str | None:
        """Return what is wrong with a value, or None."""
        if self.values:
            return None if value.lower() in self.values else f"must be {' or '.join(self.values)}, not {value}"
        if self.whole and not (value.isascii() and value.isdigit()):
            return f"must lie between {self.low} and {self.high}"
        if not self.low <= finite_number("A hyperparameter", value) <= self.high:
            return f"must lie between {self.low} and {self.high}"
        return None


_TRUE_OR_FALSE = ("true", "false")
V1 = {
    "hidden_dimension": Hyperparameter("149", 32, 256, whole=True),
    "bptt": Hyperparameter("32", 2, 32, whole=True),
    "recency_mask": Hyperparameter("True", values=_TRUE_OR_FALSE),
}
V2 = {"apply_recency_bias": Hyperparameter("true", values=_TRUE_OR_FALSE, tunable=False)}
SIMS = {
    "popularity_discount_factor": Hyperparameter("0.5"),
    "min_cointeraction_count": Hyperparameter("3", 0, 10, whole=True),
}
HISTORY = {
    "min_user_history_length_percentile": Hyperparameter("0.0"),
    "max_user_history_length_percentile": Hyperparameter("0.99"),
}
SIMS_HISTORY = {
    "min_user_history_length_percentile": Hyperparameter("0.005"),
    "max_user_history_length_percentile": Hyperparameter("0.995"),
    "min_item_interaction_count_percentile": Hyperparameter("0.01"),
    "max_item_interaction_count_percentile": Hyperparameter("0.9"),
}
TREND = {
    "trend_discovery_frequency": Hyperparameter(
        "2 hours", values=("30 minutes", "1 hour", "2 hours", "3 hours", "1 day")
    )
}
TREND_SECONDS = {"30 minutes": 1800.0, "1 hour": 3600.0, "2 hours": 7200.0, "3 hours": 10_800.0, "1 day": 86_400.0}
