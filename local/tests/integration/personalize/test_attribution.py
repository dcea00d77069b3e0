"""The metrics of a metric attribution in CloudWatch, sent as its role."""

import time
from typing import Any

import pytest

from local_aws.testing.in_process import INTERACTIONS
from local_aws.testing.roles import make_role, statement
from local_aws.testing.server import LocalAws, eventually, unique_name


@pytest.mark.parametrize(("action", "sent"), [("cloudwatch:PutMetricData", True), ("cloudwatch:GetMetricData", False)])
def test_given_a_role_when_an_event_is_put_then_its_worth_is_sent_only_if_the_role_may(
    local_aws: LocalAws, action: str, sent: bool
) -> None:
    role = make_role(local_aws.client("iam"), unique_name("role"), ["personalize"], statement(action, Resource="*"))
    name = unique_name("views")
    put_attributed_event(local_aws, name, role)
    if sent:
        (metric,) = eventually(lambda: metrics(local_aws, name))
        assert {one["Name"] for one in metric["Dimensions"]} == {"EventAttributionSource", "DatasetGroupArn"}
    else:
        time.sleep(1)
        assert metrics(local_aws, name) == []


def metrics(local_aws: LocalAws, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = local_aws.client("cloudwatch").list_metrics(MetricName=name.upper())["Metrics"]
    return found


def put_attributed_event(local_aws: LocalAws, name: str, role: str) -> None:
    """Put one event in a new dataset group with a metric attribution of that name."""
    personalize = local_aws.client("personalize")
    group = personalize.create_dataset_group(name=name)["datasetGroupArn"]
    eventually(lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] == "ACTIVE")
    schema = personalize.create_schema(name=name, schema=INTERACTIONS)["schemaArn"]
    personalize.create_dataset(name=name, schemaArn=schema, datasetGroupArn=group, datasetType="Interactions")
    tracker = personalize.create_event_tracker(name=name, datasetGroupArn=group)["trackingId"]
    views = {"eventType": "view", "metricName": name, "expression": "SAMPLECOUNT()"}
    attribution = personalize.create_metric_attribution(
        name=name, datasetGroupArn=group, metrics=[views], metricsOutputConfig={"roleArn": role}
    )["metricAttributionArn"]
    described = {"metricAttributionArn": attribution}
    eventually(lambda: personalize.describe_metric_attribution(**described)["metricAttribution"]["status"] == "ACTIVE")
    event = {"eventType": "view", "itemId": "i", "sentAt": int(time.time())}
    local_aws.client("personalize-events").put_events(trackingId=tracker, sessionId="s", eventList=[event])
