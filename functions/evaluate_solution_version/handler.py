"""Lambda handler of evaluate_solution_version."""

from typing import Any, Literal, TypedDict

from animal_recommender.clients import client
from animal_recommender.observability import logger, observed
from animal_recommender.retraining.campaign_status import served_version
from animal_recommender.retraining.run_state import DeployedVersion, Metrics, Model, Rule
from evaluate_solution_version.gate import judge


class EvaluateInput(TypedDict):
    """The version to judge, and the model with its rules."""

    model: Model
    solutionVersionArn: str


class Evaluation(TypedDict):
    """The decision and every number in it; `deployed` is also what a failed deployment goes back to."""

    decision: Literal["promote", "reject"]
    reason: str
    metrics: Metrics
    deployed: DeployedVersion
    rules: list[Rule]


@observed
def handler(event: EvaluateInput, context: Any) -> Evaluation:
    """Answer whether the version may serve. Changes nothing."""
    evaluation = evaluate(client("personalize"), event["model"], event["solutionVersionArn"])
    logger.info("evaluated", extra={"model": event["model"]["name"], "decision": evaluation["decision"]})
    return evaluation


def evaluate(personalize: Any, model: Model, version_arn: str) -> Evaluation:
    """As the handler."""
    metrics = _metrics(personalize, version_arn)
    campaign = personalize.describe_campaign(campaignArn=model["campaignArn"])["campaign"]
    deployed = _deployed(personalize, served_version(campaign))
    rules = judge(model, metrics, deployed)
    unmet = [rule["text"] for rule in rules if not rule["passed"]]
    return {
        "decision": "reject" if unmet else "promote",
        "reason": "; ".join(unmet) or "every rule of the gate is met",
        "metrics": metrics,
        "deployed": deployed,
        "rules": rules,
    }


def _metrics(personalize: Any, version_arn: str) -> Metrics:
    return personalize.get_solution_metrics(solutionVersionArn=version_arn)["metrics"]


def _deployed(personalize: Any, version_arn: str) -> DeployedVersion:
    try:
        metrics = _metrics(personalize, version_arn)
    except personalize.exceptions.ResourceNotFoundException:
        metrics = None
    return {"solutionVersionArn": version_arn, "metrics": metrics}
