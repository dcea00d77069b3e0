"""The first entry of a model's ledger. The retraining writes all later ones (animal_recommender.retraining.ledger).

Another recipe means another solution, and with it another first entry: the versions before it are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from animal_recommender.retraining import ledger

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import CampaignTypeDef
    from types_boto3_ssm import SSMClient


def write_if_missing(ssm: SSMClient, personalize: PersonalizeClient, parameter: str, campaign: CampaignTypeDef) -> None:
    """Enter the version that `campaign` serves, with its offline metrics, unless its solution has an entry already."""
    version = campaign["solutionVersionArn"]
    known = ledger.read(ssm, parameter)
    if known and ledger.solution_of(known["solutionVersionArn"]) == ledger.solution_of(version):
        return
    since = campaign["lastUpdatedDateTime"].isoformat()
    ledger.write(ssm, parameter, ledger.first_entry(version, _get_metrics(personalize, version), since))


def _get_metrics(personalize: PersonalizeClient, version: str) -> dict[str, float]:
    """Return the version's offline metrics, or none if the service refuses: a campaign can serve without them."""
    try:
        return personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    except ClientError:
        return {}
