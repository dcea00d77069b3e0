"""The models of a deployed environment: their campaigns, their ledgers, and their trainings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from animal_recommender.retraining import ledger
from animal_recommender.retraining.campaign_status import served_version
from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.personalize import list_solution_versions
from scripts.common.task import TaskError
from scripts.operate.deployment import Deployment

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import CampaignTypeDef, SolutionTypeDef, SolutionVersionTypeDef
    from types_boto3_ssm import SSMClient

_CAMPAIGNS = "campaigns/"


@dataclass
class DeployedModel:
    """One model of an environment. Each method calls AWS, so its result is the state of this moment."""

    name: str
    deployment: Deployment

    @cached_property
    def personalize(self) -> PersonalizeClient:
        """A client of Amazon Personalize."""
        return self.deployment.aws.client("personalize")

    @cached_property
    def ssm(self) -> SSMClient:
        """A client of SSM."""
        return self.deployment.aws.client("ssm")

    @property
    def campaign_arn(self) -> str:
        """ARN of the model's campaign."""
        return self.deployment.name(f"{_CAMPAIGNS}{self.name}")

    @property
    def ledger_name(self) -> str:
        """Name of the SSM parameter that is the model's ledger."""
        return f"/animal-recommender/{self.deployment.environment}/models/{self.name}/ledger"

    def describe_campaign(self) -> CampaignTypeDef:
        """Return the campaign."""
        return self.personalize.describe_campaign(campaignArn=self.campaign_arn)["campaign"]

    def describe_solution(self) -> SolutionTypeDef:
        """Return the solution whose version the campaign serves."""
        solution_arn = served_version(self.describe_campaign()).rpartition("/")[0]
        return self.personalize.describe_solution(solutionArn=solution_arn)["solution"]

    def describe_version(self, version_arn: str) -> SolutionVersionTypeDef:
        """Return one solution version."""
        return self.personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"]

    def get_metrics(self, version_arn: str) -> Mapping[str, float]:
        """Return the offline metrics of a version."""
        return self.personalize.get_solution_metrics(solutionVersionArn=version_arn)["metrics"]

    def read_ledger(self) -> ledger.Ledger | None:
        """Return the ledger; None if it has no entry."""
        return ledger.parse(self.ssm.get_parameter(Name=self.ledger_name)["Parameter"]["Value"])

    def write_ledger(self, entry: ledger.Ledger) -> None:
        """Replace the ledger with `entry`; the old value stays in the parameter's history."""
        self.ssm.put_parameter(Name=self.ledger_name, Value=ledger.dump(entry), Overwrite=True)

    def list_outcomes(self) -> list[ledger.Outcome]:
        """Return the outcomes of the runs, oldest first: as many as SSM keeps versions of the parameter (100)."""
        pages = self.ssm.get_paginator("get_parameter_history").paginate(Name=self.ledger_name)
        entries = [ledger.parse(version["Value"]) for page in pages for version in page["Parameters"]]
        known = {_identity(entry["last"]): entry["last"] for entry in entries if entry and "last" in entry}
        return sorted(known.values(), key=lambda outcome: outcome["when"])

    def sum_hours_this_month(self, solution_arn: str) -> float:
        """Return the training hours that Personalize counted for versions begun in this calendar month (UTC)."""
        begin = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        versions = list_solution_versions(self.personalize, solution_arn)
        trained = [one for one in versions if one["status"] == ACTIVE and one["creationDateTime"] >= begin]
        return sum(self.describe_version(one["solutionVersionArn"]).get("trainingHours") or 0.0 for one in trained)


def _identity(outcome: ledger.Outcome) -> tuple[str, str, str | None]:
    """Return what identifies an outcome: its run, which may report it twice, or the time of a rollback."""
    return outcome["run"] or outcome["when"], outcome["outcome"], outcome["solutionVersionArn"]


def list_models(deployment: Deployment) -> list[DeployedModel]:
    """Return every model that has a campaign, by name."""
    names = sorted(key.removeprefix(_CAMPAIGNS) for key in deployment.names if key.startswith(_CAMPAIGNS))
    return [DeployedModel(name, deployment) for name in names]


def find_model(deployment: Deployment, name: str) -> DeployedModel:
    """Return the model of this name.

    Raises:
        TaskError: There is none. The message lists the names that exist.
    """
    models = {model.name: model for model in list_models(deployment)}
    if name not in models:
        raise TaskError(f"{name!r} is no model of {deployment.environment}; there are: {', '.join(models)}")
    return models[name]


def find_running_execution(deployment: Deployment) -> str | None:
    """Return the ARN of the oldest retraining run that is under way, or None."""
    pages = (
        deployment.aws.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=deployment.name("state-machine"), statusFilter="RUNNING")
    )
    running = sorted((one for page in pages for one in page["executions"]), key=lambda one: one["startDate"])
    return running[0]["executionArn"] if running else None
