"""Pagination."""

import pytest

from local_aws.personalize.errors import (
    InvalidNextTokenError,
)
from local_aws.testing.in_process import ITEMS, InProcessPersonalize


def test_given_many_resources_when_listed_then_pages_follow_one_another(personalize: InProcessPersonalize) -> None:
    for number in range(7):
        personalize.call("CreateSchema", name=f"schema-{number}", schema=ITEMS)
    names, token = [], None
    while True:
        page = personalize.call("ListSchemas", maxResults=3, **({"nextToken": token} if token else {}))
        names += [schema["name"] for schema in page["schemas"]]
        if not (token := page.get("nextToken")):
            break
    assert names == [f"schema-{number}" for number in range(7)]
    first = personalize.call("ListSchemas", maxResults=3)["nextToken"]
    for invalid in (first[:-2], "????"):
        with pytest.raises(InvalidNextTokenError):
            personalize.call("ListSchemas", nextToken=invalid)
    with pytest.raises(InvalidNextTokenError):
        personalize.call("ListDatasetGroups", nextToken=first)
