"""The rules for the schemas of a domain."""

from typing import Any

import pytest

from local_aws.personalize.avro_schema import parse_schema
from local_aws.personalize.domains import check_domain_schema
from local_aws.personalize.errors import InvalidInputError
from local_aws.testing.in_process import INTERACTIONS, InProcessPersonalize, schema

ITEM_ID = {"name": "ITEM_ID", "type": "string"}
GENRES = {"name": "GENRES", "type": "string", "categorical": True}
CREATED = {"name": "CREATION_TIMESTAMP", "type": "long"}


@pytest.mark.parametrize(
    ("domain", "fields", "message"),
    [
        ("VIDEO_ON_DEMAND", [GENRES], "needs the field CREATION_TIMESTAMP"),
        ("VIDEO_ON_DEMAND", [{"name": "GENRES", "type": "string"}, CREATED], "GENRES .* type categorical string"),
        ("VIDEO_ON_DEMAND", [GENRES, CREATED, {"name": "DURATION", "type": "long"}], "DURATION .* type float"),
        ("ECOMMERCE", [GENRES, CREATED], "needs the field PRICE"),
    ],
)
def test_given_items_that_do_not_fit_a_domain_when_checked_then_the_error_names_the_field(
    domain: str, fields: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        check_domain_schema(parse_schema(schema("Items", ITEM_ID, *fields)), domain)


def test_given_items_that_fit_when_checked_then_they_are_accepted() -> None:
    items = parse_schema(schema("Items", ITEM_ID, GENRES, CREATED))
    check_domain_schema(items, "VIDEO_ON_DEMAND")
    check_domain_schema(items, None)


def test_given_a_schema_of_another_domain_when_a_dataset_is_created_then_it_is_refused(
    personalize: InProcessPersonalize,
) -> None:
    schema_arn = personalize.call("CreateSchema", name="s", schema=INTERACTIONS, domain="ECOMMERCE")["schemaArn"]
    group = personalize.arns["group"]
    with pytest.raises(InvalidInputError, match="another domain"):
        personalize.call(
            "CreateDataset", name="d", datasetGroupArn=group, datasetType="Interactions", schemaArn=schema_arn
        )
