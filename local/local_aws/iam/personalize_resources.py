"""The resources of Personalize that a call names or creates."""

import re
from collections.abc import Iterator

from local_aws.iam.api_calls import Call
from local_aws.personalize.resource_types import (
    DATASET,
    EVENT_TRACKER,
    RESOURCE_TYPES,
    SOLUTION_VERSION,
    ResourceType,
)

_CREATED = {f"Create{one.noun}": one for one in RESOURCE_TYPES}
_RUNTIME_ARNS = ("campaignArn", "recommenderArn", "filterArn")
_SOLUTION_OF_VERSION = re.compile(r"(?P<solution>.+:solution/[^/]+)/.+")
# Types whose ARN ends with an id that nobody knows before they are created.
_NEW_ID = "00000000"


def of_personalize(call: Call) -> Iterator[str]:
    """Yield every resource that a call names, and the one that it creates.

    The reference has one resource type for each action. It does not say which ARN of a request counts, nor whether a
    solution version is meant by its own ARN or by that of its solution. So all of them must be allowed here.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
    """
    if created := _CREATED.get(call.operation):
        yield from _created(call, created)
    for name, value in call.parameters.items():
        if name.endswith("Arn") and ":personalize:" in str(value):
            yield value
            if version := _SOLUTION_OF_VERSION.fullmatch(value):
                yield version["solution"]


def _created(call: Call, created: ResourceType) -> Iterator[str]:
    if created is SOLUTION_VERSION:
        yield f"{call.parameters.get('solutionArn', '')}/{_NEW_ID}"
    elif created is DATASET:
        group = call.parameters.get("datasetGroupArn", "").rsplit("/", 1)[-1]
        yield call.arn(f"dataset/{group}/{call.parameters.get('datasetType', '').upper()}", "personalize")
    else:
        name = _NEW_ID if created is EVENT_TRACKER else call.parameters.get(created.name_member, "")
        yield call.arn(f"{created.path}/{name}", "personalize")


def of_runtime(call: Call) -> Iterator[str]:
    """Yield the campaign or recommender and every filter of the request."""
    named = [call.parameters, *call.parameters.get("promotions", ())]
    yield from (holder[name] for holder in named for name in _RUNTIME_ARNS if holder.get(name))
