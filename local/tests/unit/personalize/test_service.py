"""The statuses of a resource by the clock."""

import pytest

from local_aws.personalize import PersonalizeSettings, create_app
from local_aws.personalize.errors import (
    ResourceInUseError,
)


def test_given_a_clock_when_it_moves_then_statuses_follow_as_documented() -> None:
    now = [100.0]
    app = create_app(settings=PersonalizeSettings(step_seconds=10, clock=lambda: now[0]), s3=lambda role, job: None)
    arn = app.call("CreateDatasetGroup", {"name": "g"})["datasetGroupArn"]
    observed = []
    for _ in range(3):
        group = app.call("DescribeDatasetGroup", {"datasetGroupArn": arn})["datasetGroup"]
        observed.append((group["status"], group["lastUpdatedDateTime"]))
        now[0] += 10
    assert observed == [("CREATE PENDING", 100.0), ("CREATE IN_PROGRESS", 110.0), ("ACTIVE", 120.0)]
    app.call("DeleteDatasetGroup", {"datasetGroupArn": arn})
    with pytest.raises(ResourceInUseError):
        app.call("DeleteDatasetGroup", {"datasetGroupArn": arn})
    now[0] += 10
    assert app.call("ListDatasetGroups", {})["datasetGroups"][0]["status"] == "DELETE IN_PROGRESS"
    now[0] += 10
    assert app.call("ListDatasetGroups", {})["datasetGroups"] == []
    app.close()
