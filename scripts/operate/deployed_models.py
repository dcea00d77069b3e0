"""The models of a deployed environment: their campaigns, their ledgers, and their trainings."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from animal_recommender.retraining import ledger
from animal_recommender.retraining.automatic_updates import Standing, find_standing
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

    @property
    def retrain_command(self) -> str:
        """The command that trains this model now, even if scheduled runs leave it out."""
        return f"make retrain ENV={self.deployment.environment} ARGS='--model {self.name}'"

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

    def find_standing(self) -> Standing:
        """Return how the version that the campaign serves compares with the newest one of its solution."""
        served = served_version(self.describe_campaign())
        recipe = self.describe_solution()["recipeArn"].rpartition("/")[2]
        return find_standing(self.personalize, served, recipe, datetime.now(UTC))

    def get_metrics(self, version_arn: str) -> Mapping[str, float]:
        """Return the offline metrics of a version."""
        return self.personalize.get_solution_metrics(solutionVersionArn=version_arn)["metrics"]

    def read_ledger(self) -> ledger.Ledger | None:
        """Return the ledger; None if it has no entry.

        Raises:
            LedgerError: The ledger is damaged.
        """
        return ledger.read(self.ssm, self.ledger_name)

    def write_ledger(self, entry: ledger.Ledger) -> None:
        """Replace the ledger with `entry`; the old value stays in the parameter's history."""
        ledger.write(self.ssm, self.ledger_name, entry)

    def list_outcomes(self) -> list[ledger.Outcome]:
        """Return the outcomes of the runs, oldest first: as many as SSM keeps versions of the parameter (100)."""
        known = {_identity(entry["last"]): entry["last"] for entry in self._list_entries() if "last" in entry}
        return sorted(known.values(), key=lambda outcome: outcome["when"])

    def list_verified_versions(self) -> list[str]:
        """Return the verified versions of the solution that serves, newest first, as far as the history knows them."""
        entries = self._list_entries()[::-1]
        arns = [arn for entry in entries for arn in (entry["solutionVersionArn"], entry["previous"]) if arn]
        return [arn for arn in dict.fromkeys(arns) if ledger.solution_of(arn) == ledger.solution_of(arns[0])]

    def list_promotions(self) -> list[tuple[datetime, str]]:
        """Return since when each verified version serves, oldest first, as far as the history knows."""
        known = {entry["promotedAt"]: entry["solutionVersionArn"] for entry in self._list_entries()}
        return sorted((datetime.fromisoformat(when), arn) for when, arn in known.items())

    def _list_entries(self) -> list[ledger.Ledger]:
        """Return the entries in the parameter's history, oldest first, without damaged ones."""
        pages = self.ssm.get_paginator("get_parameter_history").paginate(Name=self.ledger_name)
        versions = sorted((one for page in pages for one in page["Parameters"]), key=lambda one: one["Version"])
        entries = []
        for version in versions:
            with suppress(ledger.LedgerError):
                entries.append(ledger.parse(version["Value"]))
        return [entry for entry in entries if entry]

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
