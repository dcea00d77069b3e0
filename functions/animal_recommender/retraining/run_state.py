"""What the functions of the retraining state machine pass to each other."""

from collections.abc import Mapping
from typing import Literal, TypedDict

Kind = Literal["recommendations", "ranking", "similar", "trending"]
TrainingMode = Literal["FULL", "UPDATE", "AUTOTRAIN"]
Metrics = dict[str, float]  # with the names of GetSolutionMetrics, each 0-1
PopularityTraining = Mapping[str, str]
"""What "Create popularity version" left: `solutionVersionArn`, or `Error` and `Cause` of a failure, or nothing."""


class Model(TypedDict):
    """One model and its rules, as plan_retraining made them for this run."""

    name: str
    kind: Kind
    recipe: str  # name of the recipe, e.g. aws-user-personalization
    solutionArn: str
    campaignArn: str
    popularitySolutionArn: str  # of the recipe Popularity-Count, which the gate compares with; empty: no comparison
    trainingMode: TrainingMode
    metric: str  # the offline metric that the gate checks
    threshold: float | None  # the metric must be greater; None: no absolute limit
    minimumCoverage: float  # 0-1
    regressionTolerance: float  # 0-1: by which share the metric may be below the deployed version's
    minimumNewInteractions: int  # since the last training; 0 means that every run trains
    monthlyTrainingHours: float | None  # budget of this model, None: no limit
    canaryUserIds: list[str]  # the canary asks for these users and for an unknown one
    canaryItemIds: list[str]  # to rank (kind "ranking"), or to ask for items like each of them (kind "similar")


class Run(TypedDict):
    """The execution of the state machine."""

    name: str
    executionArn: str
    startedAt: str  # ISO 8601
    scheduled: bool  # started by the schedule, not by hand


class PopularityVersion(TypedDict):
    """The Popularity-Count version of a run, as describe_solution_version found it. It can serve if it is ACTIVE."""

    solutionVersionArn: str | None  # None: it could not be created
    status: str
    failureReason: str | None


class DeployedVersion(TypedDict):
    """The version that a campaign serves, and its metrics. They are None if Personalize no longer has them."""

    solutionVersionArn: str
    metrics: Metrics | None


class Rule(TypedDict):
    """One rule of the gate with its numbers. `required` is None if there was nothing to compare with."""

    rule: Literal["regression", "popularity", "threshold", "coverage"]
    metric: str
    value: float | None
    required: float | None
    passed: bool
    text: str


COMPARISON_NOTE = (
    "Offline metrics say how well a version predicts what held-out visitors did next. They detect a version that is "
    "broken or no better than a popular list. They do not show that more animals are adopted: they favour what the old "
    "model showed, and two versions that were trained on different days were measured on different data."
)
"""What a comparison of offline metrics can and cannot tell."""

_SHORT = {"normalized_discounted_cumulative_gain": "NDCG", "mean_reciprocal_rank": "MRR"}


def metric_label(metric: str) -> str:
    """Return the short name of an offline metric, e.g. `NDCG@5` of `normalized_discounted_cumulative_gain_at_5`."""
    name, _, cut_off = metric.partition("_at_")
    return f"{_SHORT.get(name, name)}@{cut_off}" if cut_off else name
