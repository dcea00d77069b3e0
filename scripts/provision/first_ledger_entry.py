"""The first entry of a model's ledger; every later one is the retraining's (see animal_recommender.ledger).

Another recipe makes another solution, and with it another first entry: the versions before it are gone.
"""

from typing import Any

from botocore.exceptions import ClientError

from animal_recommender.retraining.ledger import Ledger, dump, parse
from scripts.common.personalize import Resource


def begin(ssm: Any, personalize: Any, parameter: str, campaign: Resource) -> None:
    """Enters the version that `campaign` serves, with its offline metrics, unless there is an entry of its solution."""
    version = campaign["solutionVersionArn"]
    known = parse(ssm.get_parameter(Name=parameter)["Parameter"]["Value"])
    if known and known["solutionVersionArn"].rpartition("/")[0] == version.rpartition("/")[0]:
        return
    entry: Ledger = {
        "solutionVersionArn": version,
        "metrics": _metrics(personalize, version),
        "promotedAt": campaign["lastUpdatedDateTime"].isoformat(),
        "previous": None,
    }
    ssm.put_parameter(Name=parameter, Value=dump(entry), Overwrite=True)


def _metrics(personalize: Any, version: str) -> dict[str, float]:
    """The version's offline metrics; empty if the service has none, which must not keep a campaign from serving."""
    try:
        return personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    except ClientError:
        return {}
