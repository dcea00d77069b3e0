"""Cloud Control for the registry types of Personalize."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local_aws.cloudcontrol import CloudControlApp, create_app
from local_aws.cloudcontrol.registry_types import get_registry_type, type_names
from local_aws.personalize.errors import ServiceError
from local_aws.testing.in_process import INTERACTIONS, ROLE, InProcessPersonalize, interactions_csv


@pytest.fixture
def control(personalize: InProcessPersonalize) -> Iterator[CloudControlApp]:
    app = create_app(personalize.app)
    yield app
    app.close()


def run_request(control: CloudControlApp, operation: str, noun: str, **request: Any) -> dict[str, Any]:
    """Return the last progress event of a request."""
    event = control.call(operation, {"TypeName": f"AWS::Personalize::{noun}", **request})["ProgressEvent"]
    assert event["OperationStatus"] == "IN_PROGRESS"
    deadline = time.monotonic() + 10
    while event["OperationStatus"] == "IN_PROGRESS" and time.monotonic() < deadline:
        time.sleep(0.005)
        event = control.call("GetResourceRequestStatus", {"RequestToken": event["RequestToken"]})["ProgressEvent"]
    return event


def create(control: CloudControlApp, noun: str, **properties: Any) -> dict[str, Any]:
    return run_request(control, "CreateResource", noun, DesiredState=json.dumps(properties))


def read(control: CloudControlApp, noun: str, identifier: str) -> dict[str, Any]:
    response = control.call("GetResource", {"TypeName": f"AWS::Personalize::{noun}", "Identifier": identifier})
    return json.loads(response["ResourceDescription"]["Properties"])


def update(control: CloudControlApp, noun: str, identifier: str, *patch: dict[str, Any]) -> dict[str, Any]:
    return run_request(control, "UpdateResource", noun, Identifier=identifier, PatchDocument=json.dumps(patch))


def dataset(control: CloudControlApp, personalize: InProcessPersonalize, location: str) -> dict[str, Any]:
    schema = create(control, "Schema", Name="s", Schema=INTERACTIONS)["Identifier"]
    job = {"JobName": "seed", "DataSource": {"DataLocation": location}, "RoleArn": ROLE}
    group = personalize.arns["group"]
    return create(
        *(control, "Dataset"),
        Name="d",
        DatasetType="Interactions",
        SchemaArn=schema,
        DatasetGroupArn=group,
        DatasetImportJob=job,
    )


def test_given_every_type_when_looked_up_then_its_identifier_is_its_arn() -> None:
    assert len(list(type_names())) == 8
    for name in type_names():
        registry_type = get_registry_type(name)
        assert registry_type.identifier.lower() == registry_type.resource_type.arn_member.lower()


def test_given_a_dataset_with_an_import_job_when_created_then_it_waits_for_the_data(
    control: CloudControlApp, personalize: InProcessPersonalize
) -> None:
    event = dataset(control, personalize, personalize.upload("i.csv", interactions_csv()))
    assert event["OperationStatus"] == "SUCCESS"
    properties = read(control, "Dataset", event["Identifier"])
    assert properties["DatasetImportJob"]["DatasetImportJobArn"].endswith("dataset-import-job/seed")
    assert len(personalize.app.service().data(personalize.arns["group"]).interactions) == 1200
    new = {
        "JobName": "again",
        "DataSource": {"DataLocation": personalize.upload("j.csv", interactions_csv(50))},
        "RoleArn": ROLE,
    }
    changed = update(
        control, "Dataset", event["Identifier"], {"op": "replace", "path": "/DatasetImportJob", "value": new}
    )
    assert changed["OperationStatus"] == "SUCCESS"
    assert len(personalize.app.service().data(personalize.arns["group"]).interactions) == 1000


def test_given_a_failing_import_when_created_then_the_reason_and_the_identifier_are_returned(
    control: CloudControlApp, personalize: InProcessPersonalize
) -> None:
    event = dataset(control, personalize, "s3://data/absent.csv")
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotStabilized")
    assert "absent.csv" in event["StatusMessage"]
    assert event["Identifier"].endswith("dataset/group/INTERACTIONS")


def test_given_a_tracker_when_read_then_its_tracking_id_is_a_property(
    control: CloudControlApp, personalize: InProcessPersonalize
) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    event = create(
        control, "EventTracker", Name="t", DatasetGroupArn=personalize.arns["group"], Tags=[{"Key": "a", "Value": "1"}]
    )
    properties = read(control, "EventTracker", event["Identifier"])
    assert properties["TrackingId"] in personalize.app.service().trackers
    assert properties["Tags"] == [{"Key": "a", "Value": "1"}]
    patch = {"op": "replace", "path": "/Tags", "value": [{"Key": "b", "Value": "2"}]}
    assert update(control, "EventTracker", event["Identifier"], patch)["OperationStatus"] == "SUCCESS"
    assert read(control, "EventTracker", event["Identifier"])["Tags"] == [{"Key": "b", "Value": "2"}]


def test_given_a_campaign_when_created_changed_and_deleted_then_personalize_has_the_same_campaign(
    control: CloudControlApp, with_campaign: InProcessPersonalize
) -> None:
    event = create(
        control, "Campaign", Name="cc", SolutionVersionArn=with_campaign.arns["version"], MinProvisionedTPS=1
    )
    arn = event["Identifier"]
    assert read(control, "Campaign", arn)["CampaignConfig"]["ItemExplorationConfig"]["explorationWeight"] == "0.3"
    assert (
        update(control, "Campaign", arn, {"op": "replace", "path": "/MinProvisionedTPS", "value": 2})["OperationStatus"]
        == "SUCCESS"
    )
    assert with_campaign.call("DescribeCampaign", campaignArn=arn)["campaign"]["minProvisionedTPS"] == 2
    assert run_request(control, "DeleteResource", "Campaign", Identifier=arn)["OperationStatus"] == "SUCCESS"
    with pytest.raises(ServiceError, match="was not found"):
        read(control, "Campaign", arn)


def test_given_a_solution_when_read_then_hyperparameters_keep_their_names(
    control: CloudControlApp, personalize: InProcessPersonalize
) -> None:
    event = create(
        control,
        "Solution",
        Name="s",
        DatasetGroupArn=personalize.arns["group"],
        RecipeArn="arn:aws:personalize:::recipe/aws-user-personalization",
        SolutionConfig={"AlgorithmHyperParameters": {"recency_mask": "True"}},
    )
    properties = read(control, "Solution", event["Identifier"])
    assert properties["SolutionConfig"] == {"AlgorithmHyperParameters": {"recency_mask": "True"}}
    with pytest.raises(ServiceError) as error:
        update(control, "Solution", event["Identifier"], {"op": "replace", "path": "/Name", "value": "t"})
    assert error.value.code == "UnsupportedActionException"


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({}, "#: required key [Name] not found"),
        (
            {"Name": "a b", "DatasetGroupArn": "arn:aws:personalize:r:a:g"},
            "#/Name: failed validation constraint for keyword [pattern]",
        ),
        (
            {"Name": "a", "DatasetGroupArn": "arn:aws:personalize:r:a:g", "Foo": 1},
            "extraneous key [Foo] is not permitted",
        ),
        ({"Name": 1, "DatasetGroupArn": "arn:aws:personalize:r:a:g"}, "#/Name: expected type: string, found: 1"),
        ({"Name": "a", "DatasetGroupArn": "arn:aws:personalize:r:a:g", "TrackingId": "x"}, "readOnly key [TrackingId]"),
    ],
)
def test_given_a_desired_state_against_the_schema_when_created_then_it_is_rejected(
    control: CloudControlApp, properties: dict[str, Any], message: str
) -> None:
    with pytest.raises(ServiceError) as error:
        create(control, "EventTracker", **properties)
    assert error.value.code == "InvalidRequestException"
    assert message in error.value.message


def test_given_create_only_properties_when_patched_then_they_are_named(
    control: CloudControlApp, personalize: InProcessPersonalize
) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    arn = create(control, "EventTracker", Name="t", DatasetGroupArn=personalize.arns["group"])["Identifier"]
    with pytest.raises(ServiceError, match="/properties/Name") as error:
        update(control, "EventTracker", arn, {"op": "replace", "path": "/Name", "value": "u"})
    assert error.value.code == "NotUpdatableException"


GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/group"


@pytest.mark.parametrize(
    ("noun", "properties", "code"),
    [
        ("DatasetGroup", {"Name": "group"}, "AlreadyExists"),
        ("EventTracker", {"Name": "t", "DatasetGroupArn": "arn:aws:personalize:r:a:g"}, "NotFound"),
        ("Schema", {"Name": "s", "Schema": "{"}, "InvalidRequest"),
        ("Solution", {"Name": "s", "DatasetGroupArn": GROUP, "PerformAutoML": True}, "GeneralServiceException"),
    ],
)
def test_given_a_service_error_when_created_then_the_handler_code_fits(
    control: CloudControlApp, noun: str, properties: dict[str, Any], code: str
) -> None:
    event = create(control, noun, **properties)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", code)


def test_given_a_client_token_when_used_again_then_the_same_request_is_returned(control: CloudControlApp) -> None:
    request = {
        "TypeName": "AWS::Personalize::DatasetGroup",
        "DesiredState": '{"Name": "once"}',
        "ClientToken": "token",
    }
    events = [control.call("CreateResource", request)["ProgressEvent"] for _ in range(2)]
    assert events[0]["RequestToken"] == events[1]["RequestToken"]
    with pytest.raises(ServiceError) as error:
        control.call("CreateResource", request | {"DesiredState": '{"Name": "twice"}'})
    assert error.value.code == "ClientTokenConflictException"


def test_given_requests_when_listed_or_cancelled_then_their_states_are_returned(
    control: CloudControlApp, personalize: InProcessPersonalize
) -> None:
    event = create(control, "DatasetGroup", Name="listed")
    names = control.call("ListResources", {"TypeName": "AWS::Personalize::DatasetGroup"})["ResourceDescriptions"]
    assert [described["Identifier"].rsplit("/", 1)[1] for described in names] == ["group", "listed"]
    listed = control.call("ListResourceRequests", {"ResourceRequestStatusFilter": {"Operations": ["CREATE"]}})
    assert [summary["RequestToken"] for summary in listed["ResourceRequestStatusSummaries"]] == [event["RequestToken"]]
    with pytest.raises(ServiceError) as error:
        control.call("CancelResourceRequest", {"RequestToken": event["RequestToken"]})
    assert error.value.code == "ConcurrentModificationException"
    with pytest.raises(ServiceError) as error:
        control.call("GetResourceRequestStatus", {"RequestToken": "none"})
    assert error.value.code == "RequestTokenNotFoundException"
    with pytest.raises(ServiceError) as error:
        control.call("GetResource", {"TypeName": "AWS::S3::Bucket", "Identifier": "x"})
    assert error.value.code == "TypeNotFoundException"


def test_given_describe_type_when_called_then_the_registry_schema_comes_as_xml(control: CloudControlApp) -> None:
    form = {"Action": "DescribeType", "Type": "RESOURCE", "TypeName": "AWS::Personalize::Filter"}
    response = control.handle(Request(EnvironBuilder(method="POST", data=form).get_environ()))
    assert "FilterExpression" in response.get_data(as_text=True)
    unknown = control.handle(Request(EnvironBuilder(method="POST", data=form | {"TypeName": "A::B::C"}).get_environ()))
    assert (unknown.status_code, b"TypeNotFoundException" in unknown.data) == (404, True)


def test_given_a_deleted_dataset_when_created_again_then_every_name_is_available(
    control: CloudControlApp, personalize: InProcessPersonalize
) -> None:
    location = personalize.upload("i.csv", interactions_csv())
    for _ in range(2):
        event = dataset(control, personalize, location)
        assert event["OperationStatus"] == "SUCCESS", event
        schema = read(control, "Dataset", event["Identifier"])["SchemaArn"]
        deleted = run_request(control, "DeleteResource", "Dataset", Identifier=event["Identifier"])
        assert deleted["OperationStatus"] == "SUCCESS"
        assert run_request(control, "DeleteResource", "Schema", Identifier=schema)["OperationStatus"] == "SUCCESS"
    assert len(personalize.app.service().data(personalize.arns["group"]).interactions) == 0
