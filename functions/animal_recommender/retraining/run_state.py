"""What the functions of the retraining state machine pass to each other."""

from typing import Literal, TypedDict

Kind = Literal["recommendations", "ranking"]
TrainingMode = Literal["FULL", "UPDATE", "AUTOTRAIN"]
Metrics = dict[str, float]  # with the names of GetSolutionMetrics, each 0-1


class Model(TypedDict):
    """One model and its rules, as plan_retraining made them for this run."""

    name: str
    kind: Kind
    solutionArn: str
    campaignArn: str
    trainingMode: TrainingMode
    metric: str  # the offline metric that the gate checks
    threshold: float  # the metric must be greater
    minimumCoverage: float  # 0-1
    regressionTolerance: float  # 0-1: by which share the metric may be below the deployed version's
    minimumNewInteractions: int  # since the last training; 0 means that every run trains
    monthlyTrainingHours: float | None  # budget of this model, None: no limit
    canaryUserIds: list[str]  # the canary asks for these users and for an unknown one
    canaryItemIds: list[str]  # the canary lets these items be ranked (kind "ranking")


class Run(TypedDict):
    """The execution of the state machine."""

    name: str
    executionArn: str
    startedAt: str  # ISO 8601


class DeployedVersion(TypedDict):
    """The version that a campaign serves, and its metrics. They are None if Personalize no longer has them."""

    solutionVersionArn: str
    metrics: Metrics | None


class Rule(TypedDict):
    """One rule of the gate with its numbers. `required` is None if there was nothing to compare with."""

    rule: Literal["threshold", "coverage", "regression"]
    metric: str
    value: float | None
    required: float | None
    passed: bool
    text: str


_SHORT = {"normalized_discounted_cumulative_gain": "NDCG", "mean_reciprocal_rank": "MRR"}


def metric_label(metric: str) -> str:
    """Return the short name of an offline metric, e.g. `NDCG@5` of `normalized_discounted_cumulative_gain_at_5`."""
    name, _, cut_off = metric.partition("_at_")
    return f"{_SHORT.get(name, name)}@{cut_off}" if cut_off else name
