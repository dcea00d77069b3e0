"""Batch segment jobs."""

import json
from typing import Any

import pytest

from local_aws.personalize.errors import InvalidInputError
from local_aws.testing.in_process import ROLE, USERS, InProcessPersonalize


def train(personalize: InProcessPersonalize, recipe: str) -> str:
    request = {"name": recipe, "datasetGroupArn": personalize.arns["group"], "performAutoTraining": False}
    arn = f"arn:aws:personalize:::recipe/{recipe}"
    solution = personalize.call("CreateSolution", recipeArn=arn, **request)["solutionArn"]
    return str(personalize.train(solution)["solutionVersionArn"])


def segment(personalize: InProcessPersonalize, version: str, *queries: dict[str, Any], **more: Any) -> list[Any]:
    """Return the lines of the output of a job."""
    text = "".join(json.dumps(query) + "\n" for query in queries)
    request = {
        "jobName": "segment",
        "solutionVersionArn": version,
        "roleArn": ROLE,
        "numResults": 10,
        "jobInput": {"s3DataSource": {"path": personalize.upload("in/queries.json", text)}},
        "jobOutput": {"s3DataDestination": {"path": "s3://data/out/"}},
    }
    arn = personalize.call("CreateBatchSegmentJob", **request | more)["batchSegmentJobArn"]
    personalize.wait_idle()
    job = personalize.call("DescribeBatchSegmentJob", batchSegmentJobArn=arn)["batchSegmentJob"]
    assert job["status"] == "ACTIVE", job
    written = personalize.s3.files["data", "out/queries.json.out"].decode()
    return [json.loads(line) for line in written.splitlines()]


def test_given_items_when_segmented_then_each_has_the_users_who_view_such_items(
    with_data: InProcessPersonalize,
) -> None:
    version = train(with_data, "aws-item-affinity")
    cats, pets, unknown = segment(with_data, version, {"itemId": "i3"}, {"itemId": "i33"}, {"itemId": "none"})
    assert cats["input"] == {"itemId": "i3"}
    assert len(cats["output"]["usersList"]) == 10
    assert all(int(user[1:]) % 2 == 0 for user in cats["output"]["usersList"])
    assert all(int(user[1:]) % 2 == 1 for user in pets["output"]["usersList"])
    assert (unknown["output"], unknown["error"]) == (None, "There is no item for the itemId none.")


def test_given_attributes_when_segmented_then_each_has_the_users_who_view_such_items(
    with_data: InProcessPersonalize,
) -> None:
    version = train(with_data, "aws-item-attribute-affinity")
    queries = [{"itemAttributes": text} for text in ('ITEMS.species = "cat" AND Items.PRICE < 9', "ITEMS.NOPE = 1")]
    cats, wrong = segment(with_data, version, *queries)
    assert all(int(user[1:]) % 2 == 0 for user in cats["output"]["usersList"])
    assert "does not have" in wrong["error"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('INCLUDE UserID WHERE Users.LEVEL IN ("gold")', {f"u{number}" for number in range(6)}),
        ('EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("view")', set()),
    ],
)
def test_given_a_filter_of_users_when_segmented_then_only_these_are_in_the_segment(
    with_data: InProcessPersonalize, expression: str, expected: set[str]
) -> None:
    with_data.create_dataset("Users", USERS)
    gold = [{"userId": f"u{number}", "properties": '{"level": "gold"}'} for number in range(6)]
    with_data.call("PutUsers", datasetArn=with_data.arns["Users"], users=gold)
    group = with_data.arns["group"]
    arn = with_data.call("CreateFilter", name="gold", datasetGroupArn=group, filterExpression=expression)["filterArn"]
    version = train(with_data, "aws-item-affinity")
    (line,) = segment(with_data, version, {"itemId": "i3"}, filterArn=arn)
    assert set(line["output"]["usersList"]) == expected


def test_given_another_recipe_or_filter_when_created_then_it_is_refused(with_campaign: InProcessPersonalize) -> None:
    with pytest.raises(InvalidInputError, match="does not support batch segment jobs"):
        segment(with_campaign, with_campaign.arns["version"])
    version = train(with_campaign, "aws-item-affinity")
    with pytest.raises(InvalidInputError, match="has no campaigns"):
        with_campaign.call("CreateCampaign", name="c", solutionVersionArn=version)
    group, expression = with_campaign.arns["group"], "INCLUDE ItemID WHERE Items.PRICE > 3"
    arn = with_campaign.call("CreateFilter", name="f", datasetGroupArn=group, filterExpression=expression)["filterArn"]
    with pytest.raises(InvalidInputError, match="does not select UserID"):
        segment(with_campaign, version, filterArn=arn)
