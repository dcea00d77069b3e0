"""Tags."""

import pytest

from local_aws.personalize.errors import (
    InvalidInputError,
    TooManyTagsError,
)
from local_aws.testing.in_process import InProcessPersonalize


def test_given_tags_when_added_and_removed_then_they_are_listed_up_to_fifty(with_data: InProcessPersonalize) -> None:
    arn = with_data.arns["solution"]
    with_data.call(
        "TagResource", resourceArn=arn, tags=[{"tagKey": "a", "tagValue": "1"}, {"tagKey": "b", "tagValue": ""}]
    )
    with_data.call("UntagResource", resourceArn=arn, tagKeys=["a", "never"])
    assert with_data.call("ListTagsForResource", resourceArn=arn)["tags"] == [{"tagKey": "b", "tagValue": ""}]
    with pytest.raises(TooManyTagsError):
        with_data.call("TagResource", resourceArn=arn, tags=[{"tagKey": f"k{n}", "tagValue": ""} for n in range(50)])
    with pytest.raises(InvalidInputError):
        with_data.call("ListTagsForResource", resourceArn=with_data.arns["Items-schema"])
