"""What a call adds to the metrics of AWS/Personalize."""

import json
from typing import Any

import pytest
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local_aws.personalize import PersonalizeApp, PersonalizeSettings, create_app
from local_aws.testing.in_process import INTERACTIONS

CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/none"


@pytest.fixture
def metrics() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def app(metrics: list[dict[str, Any]]) -> PersonalizeApp:
    def put(region: str, members: list[dict[str, Any]]) -> None:
        metrics.extend({**member, "region": region} for member in members)

    return create_app(settings=PersonalizeSettings(step_seconds=0), s3=lambda role, job: None, put_metrics=put)


def make_tracker(app: PersonalizeApp) -> str:
    group = app.call("CreateDatasetGroup", {"name": "g"})["datasetGroupArn"]
    schema = app.call("CreateSchema", {"name": "s", "schema": INTERACTIONS})["schemaArn"]
    dataset = {"name": "d", "schemaArn": schema, "datasetGroupArn": group, "datasetType": "INTERACTIONS"}
    app.call("CreateDataset", dataset)
    return str(app.call("CreateEventTracker", {"name": "t", "datasetGroupArn": group})["trackingId"])


def post(app: PersonalizeApp, path: str, body: Any) -> int:
    data = body if isinstance(body, str) else json.dumps(body)
    return app.handle(Request(EnvironBuilder(path=path, method="POST", data=data).get_environ())).status_code


def event(tracking_id: str) -> dict[str, Any]:
    one = {"eventType": "View", "itemId": "i", "sentAt": 1_700_000_000}
    return {"trackingId": tracking_id, "sessionId": "s", "userId": "u", "eventList": [one]}


def test_given_an_accepted_event_then_the_request_and_its_latency_are_measured_by_tracker(
    app: PersonalizeApp, metrics: list[dict[str, Any]]
) -> None:
    assert post(app, "/events", event(make_tracker(app))) == 200
    assert [(one["MetricName"], one["Unit"]) for one in metrics] == [
        ("PutEventsRequests", "Count"),
        ("PutEventLatency", "Milliseconds"),
    ]
    names = [dimension["Name"] for dimension in metrics[0]["Dimensions"]]
    assert names == ["DatasetGroupArn", "DatasetArn", "EventTrackerArn"]


@pytest.mark.parametrize(("fault", "metric"), [("throttleRate", "4xxErrors"), ("errorRate", "5xxErrors")])
def test_given_a_fault_then_only_an_error_is_counted(
    app: PersonalizeApp, metrics: list[dict[str, Any]], fault: str, metric: str
) -> None:
    tracking_id = make_tracker(app)
    app.faults.add({"operations": {"*": {fault: 1.0}}})
    post(app, "/events", event(tracking_id))
    post(app, "/recommendations", {"campaignArn": CAMPAIGN, "userId": "u"})
    post(app, "/personalize-ranking", {"campaignArn": CAMPAIGN, "userId": "u", "inputList": ["i"]})
    operations = ("PutEvents", "GetRecommendations", "GetPersonalizedRanking")
    assert [one["MetricName"] for one in metrics] == [f"{operation}{metric}" for operation in operations]
    assert metrics[1]["Dimensions"] == [{"Name": "CampaignArn", "Value": CAMPAIGN}]


@pytest.mark.parametrize("body", ["{", "[]", {}, {"trackingId": 7}, {"trackingId": "unknown"}])
def test_given_no_tracker_then_nothing_is_measured(
    app: PersonalizeApp, metrics: list[dict[str, Any]], body: Any
) -> None:
    assert post(app, "/events", body) >= 400
    assert metrics == []


def test_given_a_call_of_the_control_plane_then_nothing_is_measured(
    app: PersonalizeApp, metrics: list[dict[str, Any]]
) -> None:
    environ = EnvironBuilder(method="POST", data="{}", headers={"X-Amz-Target": "AmazonPersonalize.ListSchemas"})
    assert app.handle(Request(environ.get_environ())).status_code == 200
    assert metrics == []
