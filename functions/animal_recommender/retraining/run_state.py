"""What the functions of the retraining state machine hand to each other."""

from typing import Literal, TypedDict

Kind = Literal["recommendations", "ranking"]
Metrics = dict[str, float]  # as GetSolutionMetrics names them, each 0-1


class Model(TypedDict):
    """One model and its rules, as plan_retraining put them together for this run."""

    name: str
    kind: Kind
    solutionArn: str
    campaignArn: str
    trainingMode: str  # FULL | UPDATE | AUTOTRAIN
    metric: str  # which offline metric the gate looks at
    threshold: float  # the metric must be greater
    minimumCoverage: float  # 0-1
    regressionTolerance: float  # 0-1: the share of the deployed version's metric that may be lost
    minimumNewInteractions: int  # since the last training; 0 trains always
    monthlyTrainingHours: float | None  # budget of this model, None: no limit
    canaryUserIds: list[str]  # users that the canary asks for, besides a stranger
    canaryItemIds: list[str]  # what the canary has ranked (kind "ranking")


class Run(TypedDict):
    """The execution that all of this belongs to."""

    name: str
    executionArn: str
    startedAt: str  # ISO 8601


class DeployedVersion(TypedDict):
    """What a campaign serves, and how that version measured; None where Personalize no longer knows."""

    solutionVersionArn: str
    metrics: Metrics | None


class Rule(TypedDict):
    """One rule of the gate with its numbers; `required` is None where there was nothing to compare with."""

    rule: Literal["threshold", "coverage", "regression"]
    metric: str
    value: float | None
    required: float | None
    passed: bool
    text: str


_SHORT = {"normalized_discounted_cumulative_gain": "NDCG", "mean_reciprocal_rank": "MRR"}


def metric_label(metric: str) -> str:
    """Answer the short name of an offline metric, e.g. `NDCG@5` of `normalized_discounted_cumulative_gain_at_5`."""
    name, _, cut_off = metric.partition("_at_")
    return f"{_SHORT.get(name, name)}@{cut_off}" if cut_off else name
