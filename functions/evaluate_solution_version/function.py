"""The function evaluate_solution_version: whether a version may serve."""

from typing import TYPE_CHECKING, Literal, TypedDict

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining.campaign_status import served_version
from animal_recommender.retraining.resource_status import ACTIVE
from animal_recommender.retraining.run_state import DeployedVersion, Metrics, Model, PopularityVersion, Rule
from evaluate_solution_version.gate import Popularity, apply_rules

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient


class EvaluateInput(TypedDict):
    """The version to evaluate, its model with the rules, and the Popularity-Count version to compare it with."""

    model: Model
    solutionVersionArn: str
    popularity: PopularityVersion | None


class Evaluation(TypedDict):
    """The decision and all its numbers. `deployed` is also what a failed deployment restores."""

    decision: Literal["promote", "reject"]
    reason: str
    metrics: Metrics
    deployed: DeployedVersion
    rules: list[Rule]


def make_handler(*, personalize: "PersonalizeClient") -> Handler[EvaluateInput, Evaluation]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: EvaluateInput, context: "LambdaContext") -> Evaluation:
        """Return whether the version may serve. This changes nothing."""
        model = event["model"]
        metrics = _metrics(personalize, event["solutionVersionArn"])
        deployed = _deployed(personalize, model["campaignArn"])
        rules = apply_rules(model, metrics, deployed, _popularity(personalize, event["popularity"]))
        unmet = [rule["text"] for rule in rules if not rule["passed"]]
        decision: Literal["promote", "reject"] = "reject" if unmet else "promote"
        logger.info("evaluated", extra={"model": model["name"], "decision": decision})
        return {
            "decision": decision,
            "reason": "; ".join(unmet) or "every rule of the gate is met",
            "metrics": metrics,
            "deployed": deployed,
            "rules": rules,
        }

    return handle


def _deployed(personalize: "PersonalizeClient", campaign_arn: str) -> DeployedVersion:
    version_arn = served_version(personalize.describe_campaign(campaignArn=campaign_arn)["campaign"])
    try:
        return {"solutionVersionArn": version_arn, "metrics": _metrics(personalize, version_arn)}
    except personalize.exceptions.ResourceNotFoundException:
        return {"solutionVersionArn": version_arn, "metrics": None}


def _popularity(personalize: "PersonalizeClient", version: PopularityVersion | None) -> Popularity | None:
    if version is None:
        return None
    if version["solutionVersionArn"] is None or version["status"] != ACTIVE:
        return {"metrics": {}, "problem": version["failureReason"] or f"it is {version['status']}"}
    return {"metrics": _metrics(personalize, version["solutionVersionArn"]), "problem": None}


def _metrics(personalize: "PersonalizeClient", version_arn: str) -> Metrics:
    return personalize.get_solution_metrics(solutionVersionArn=version_arn)["metrics"]
