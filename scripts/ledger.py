"""The first entry of a model's ledger: the SSM parameter that says which version serves and which served before.

Terraform makes the parameter with `{}`; every later entry is the retraining's.
"""

import json
from typing import Any

from botocore.exceptions import ClientError

from scripts.personalize import Resource


def begin(ssm: Any, personalize: Any, parameter: str, campaign: Resource) -> None:
    """Enters the version that `campaign` serves, with its offline metrics, unless the ledger has an entry already."""
    if json.loads(ssm.get_parameter(Name=parameter)["Parameter"]["Value"]):
        return
    version = campaign["solutionVersionArn"]
    entry = {
        "solutionVersionArn": version,
        "metrics": _metrics(personalize, version),
        "promotedAt": campaign["lastUpdatedDateTime"].isoformat(),
        "previous": None,
    }
    ssm.put_parameter(Name=parameter, Value=json.dumps(entry), Overwrite=True)


def _metrics(personalize: Any, version: str) -> dict[str, float]:
    """The version's offline metrics; empty if the service has none, which must not keep a campaign from serving."""
    try:
        return personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
    except ClientError:
        return {}
