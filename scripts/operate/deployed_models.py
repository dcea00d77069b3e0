"""The models of a deployed environment: their campaigns, their ledgers, and what was trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from animal_recommender.retraining import ledger
from animal_recommender.retraining.campaign_status import served_version
from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.deployment import Deployment
from scripts.common.personalize import list_solution_versions
from scripts.common.task import TaskError

Resource = dict[str, Any]  # an answer of DescribeX, unwrapped

_CAMPAIGNS = "campaigns/"


@dataclass
class DeployedModel:
    """One model, as the environment has it now."""

    name: str
    deployment: Deployment

    @cached_property
    def personalize(self) -> Any:
        """A client of Amazon Personalize."""
        return self.deployment.client("personalize")

    @property
    def campaign_arn(self) -> str:
        """ARN of the model's campaign."""
        return self.deployment.name(f"{_CAMPAIGNS}{self.name}")

    @property
    def ledger_name(self) -> str:
        """Name of the SSM parameter that is the model's ledger."""
        return f"/animal-recommender/{self.deployment.environment}/models/{self.name}/ledger"

    def campaign(self) -> Resource:
        """The campaign now."""
        return self.personalize.describe_campaign(campaignArn=self.campaign_arn)["campaign"]

    def solution(self) -> Resource:
        """The solution of the version that serves."""
        solution_arn = served_version(self.campaign()).rpartition("/")[0]
        return self.personalize.describe_solution(solutionArn=solution_arn)["solution"]

    def read_ledger(self) -> ledger.Ledger | None:
        """The ledger now; None if it has no entry."""
        return ledger.parse(self.deployment.client("ssm").get_parameter(Name=self.ledger_name)["Parameter"]["Value"])

    def write_ledger(self, entry: ledger.Ledger) -> None:
        """Makes `entry` the ledger; the one before stays in the parameter's history."""
        self.deployment.client("ssm").put_parameter(Name=self.ledger_name, Value=ledger.dump(entry), Overwrite=True)

    def outcomes(self) -> list[ledger.Outcome]:
        """What the runs came to, oldest first: as many as SSM keeps versions of the parameter (100)."""
        pages = self.deployment.client("ssm").get_paginator("get_parameter_history").paginate(Name=self.ledger_name)
        entries = [ledger.parse(version["Value"]) for page in pages for version in page["Parameters"]]
        known = {_identity(entry["last"]): entry["last"] for entry in entries if entry and "last" in entry}
        return sorted(known.values(), key=lambda outcome: outcome["when"])

    def metrics(self, version_arn: str) -> Mapping[str, float]:
        """The offline metrics of a version."""
        return self.personalize.get_solution_metrics(solutionVersionArn=version_arn)["metrics"]

    def hours_this_month(self, solution_arn: str) -> float:
        """Training hours that Personalize counted for the versions begun in this calendar month (UTC)."""
        begin = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        versions = list_solution_versions(self.personalize, solution_arn)
        trained = [one for one in versions if one["status"] == ACTIVE and one["creationDateTime"] >= begin]
        return sum(self.version(one["solutionVersionArn"]).get("trainingHours") or 0.0 for one in trained)

    def version(self, version_arn: str) -> Resource:
        """One solution version."""
        return self.personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"]


def _identity(outcome: ledger.Outcome) -> tuple[str, str, str | None]:
    """A run that reports twice is one, whenever it did; a rollback has no run, and each is one of its own."""
    return outcome["run"] or outcome["when"], outcome["outcome"], outcome["solutionVersionArn"]


def deployed_models(deployment: Deployment) -> list[DeployedModel]:
    """Every model that has a campaign, by name."""
    names = sorted(key.removeprefix(_CAMPAIGNS) for key in deployment.names if key.startswith(_CAMPAIGNS))
    return [DeployedModel(name, deployment) for name in names]


def deployed_model(deployment: Deployment, name: str) -> DeployedModel:
    """The model of this name. Raises TaskError that lists the names there are."""
    models = {model.name: model for model in deployed_models(deployment)}
    if name not in models:
        raise TaskError(f"{name!r} is no model of {deployment.environment}; there are: {', '.join(models)}")
    return models[name]


def running_execution(deployment: Deployment) -> str | None:
    """ARN of the oldest retraining run that is under way, or None."""
    pages = (
        deployment.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=deployment.name("state-machine"), statusFilter="RUNNING")
    )
    running = sorted((one for page in pages for one in page["executions"]), key=lambda one: one["startDate"])
    return running[0]["executionArn"] if running else None
