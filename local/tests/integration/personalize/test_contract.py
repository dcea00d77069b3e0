"""Every available operation, called by boto3 over HTTP, responds as the service model says; so does every error."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.personalize.operation_registry import OPERATIONS
from local_aws.personalize.service_model import operations
from local_aws.testing.personalize_only import LocalAws
from local_aws.testing.personalize_stack import (
    NOW,
    RECIPE,
    ROLE,
    WIDER_ITEMS,
    Clients,
    create_stack,
    delete_in_order,
    run_jobs,
)


@pytest.fixture(scope="module")
def clients(aws: LocalAws, request: pytest.FixtureRequest) -> Iterator[Clients]:
    """The clients. At the end, after all tests of this module, every available operation must have succeeded."""
    clients = Clients(aws)
    yield clients
    ran = {item.originalname for item in request.session.items if getattr(item, "module", None) is request.module}
    if ran == {name for name in vars(request.module) if name.startswith("test_")}:
        assert set(OPERATIONS) - clients.validator.succeeded == set()


@pytest.fixture(scope="module")
def stack(clients: Clients) -> Iterator[dict[str, str]]:
    """Create one resource of each type. At the end they are deleted in order, and none may be left."""
    created = create_stack(clients)
    yield created
    delete_in_order(clients, created)


@pytest.fixture(scope="module")
def jobs(clients: Clients, stack: dict[str, str]) -> None:
    """Run one job of each type."""
    run_jobs(clients, stack)


def test_given_a_stack_when_its_updates_run_then_they_are_described(clients: Clients, stack: dict[str, str]) -> None:
    control = clients.control
    control.update_campaign(campaignArn=stack["recommend-campaign"], minProvisionedTPS=2)
    wider = control.create_schema(name="wider", schema=WIDER_ITEMS)["schemaArn"]
    control.update_dataset(datasetArn=stack["Items"], schemaArn=wider)
    time.sleep(0.3)
    campaign = control.describe_campaign(campaignArn=stack["recommend-campaign"])["campaign"]
    assert campaign["latestCampaignUpdate"]["status"] == "ACTIVE"
    assert control.describe_dataset(datasetArn=stack["Items"])["dataset"]["schemaArn"] == wider
    assert control.describe_schema(schemaArn=wider)["schema"]["schema"] == WIDER_ITEMS
    solution = control.describe_solution(solutionArn=stack["recommend"])["solution"]
    assert solution["latestSolutionVersion"]["solutionVersionArn"] == stack["recommend-version"]
    assert solution["latestSolutionUpdate"]["status"] == "ACTIVE"
    assert solution["performAutoTraining"] is False
    metrics = control.get_solution_metrics(solutionVersionArn=stack["recommend-version"])["metrics"]
    assert all(0 <= value <= 1 for value in metrics.values())
    stopped = control.create_solution_version(solutionArn=stack["recommend"])["solutionVersionArn"]
    control.stop_solution_version_creation(solutionVersionArn=stopped)
    assert clients.wait_until_stable("SolutionVersion", stopped)["status"] == "CREATE STOPPED"


def test_given_a_stack_when_the_runtime_is_called_then_items_are_returned(
    clients: Clients, stack: dict[str, str]
) -> None:
    event = {
        "eventId": "e1",
        "eventType": "view",
        "eventValue": 1.0,
        "itemId": "i1",
        "sentAt": NOW,
        "properties": '{"where": "home"}',
        "recommendationId": "RID-1",
        "impression": ["i1", "i2"],
        "metricAttribution": {"eventAttributionSource": "app"},
    }
    clients.events.put_events(trackingId=stack["tracking"], sessionId="s", userId="u1", eventList=[event])
    clients.events.put_items(datasetArn=stack["Items"], items=[{"itemId": "new", "properties": '{"kind": "k1"}'}])
    clients.events.put_users(datasetArn=stack["Users"], users=[{"userId": "new", "properties": '{"level": "gold"}'}])
    response = clients.runtime.get_recommendations(
        campaignArn=stack["recommend-campaign"],
        userId="u1",
        numResults=10,
        context={"DEVICE": "phone"},
        filterArn=stack["filter"],
        filterValues={"KIND": '"k1","k2"'},
        promotions=[
            {"name": "p", "percentPromotedItems": 30, "filterArn": stack["filter"], "filterValues": {"KIND": '"k1"'}}
        ],
        metadataColumns={"ITEMS": ["KIND"]},
    )
    assert len(response["itemList"]) == 10
    assert len(response["recommendationId"]) <= 40
    assert {item["metadata"]["kind"] for item in response["itemList"]} <= {"k1", "k2"}
    ranking = clients.runtime.get_personalized_ranking(
        campaignArn=stack["rank-campaign"], userId="u1", inputList=["i5", "none", "i6"]
    )
    assert {item["itemId"] for item in ranking["personalizedRanking"]} == {"i5", "none", "i6"}


def test_given_a_stack_when_actions_are_requested_then_new_ones_are_among_them(
    clients: Clients, stack: dict[str, str]
) -> None:
    clients.events.put_actions(datasetArn=stack["Actions"], actions=[{"actionId": "new", "properties": '{"value": 3}'}])
    taken = {"actionId": "new", "userId": "u1", "sessionId": "s", "timestamp": NOW, "eventType": "TAKEN"}
    clients.events.put_action_interactions(trackingId=stack["tracking"], actionInteractions=[taken])
    response = clients.runtime.get_action_recommendations(campaignArn=stack["act-campaign"], userId="u1")
    assert [action["actionId"] for action in response["actionList"]] == ["install", "enroll", "new"]


def test_given_a_stack_when_jobs_ran_then_they_wrote_their_files(clients: Clients, jobs: None) -> None:
    assert clients.s3.get_object(Bucket="data", Key="out/users.json.out")["Body"].read()
    segment = clients.s3.get_object(Bucket="data", Key="out/items.json.out")["Body"].read()
    assert len(json.loads(segment)["output"]["usersList"]) == 5
    assert clients.s3.get_object(Bucket="data", Key="export/export/part-00000.csv")["Body"].read()


def test_given_a_recommender_when_updated_stopped_and_started_then_it_recommends(
    clients: Clients, stack: dict[str, str]
) -> None:
    control, arn = clients.control, {"recommenderArn": stack["recommender"]}
    control.update_recommender(recommenderConfig={"minRecommendationRequestsPerSecond": 2}, **arn)
    control.stop_recommender(**arn)
    assert clients.wait_until_stable("Recommender", stack["recommender"])["status"] == "INACTIVE"
    control.start_recommender(**arn)
    clients.wait_until_active("Recommender", stack["recommender"])
    recommender = control.describe_recommender(**arn)["recommender"]
    assert recommender["latestRecommenderUpdate"]["recommenderConfig"]["minRecommendationRequestsPerSecond"] == 2
    assert recommender["modelMetrics"]
    assert clients.runtime.get_recommendations(userId="u1", **arn)["itemList"]


def test_given_a_metric_attribution_when_updated_then_its_metrics_are_listed(
    clients: Clients, stack: dict[str, str]
) -> None:
    control, attribution = clients.control, stack["attribution"]
    control.update_metric_attribution(metricAttributionArn=attribution, metricsOutputConfig={"roleArn": ROLE})
    assert control.list_metric_attribution_metrics(metricAttributionArn=attribution)["metrics"]
    clients.wait_until_active("MetricAttribution", attribution)


def test_given_a_recipe_when_described_then_its_algorithm_and_transformation_can_be_described(clients: Clients) -> None:
    recipe = clients.control.describe_recipe(recipeArn=RECIPE)["recipe"]
    clients.control.describe_algorithm(algorithmArn=recipe["algorithmArn"])
    clients.control.describe_feature_transformation(featureTransformationArn=recipe["featureTransformationArn"])


def test_given_tags_when_changed_then_they_are_listed(clients: Clients, stack: dict[str, str]) -> None:
    clients.control.tag_resource(resourceArn=stack["group"], tags=[{"tagKey": "more", "tagValue": "x"}])
    clients.control.untag_resource(resourceArn=stack["group"], tagKeys=["team"])
    assert clients.control.list_tags_for_resource(resourceArn=stack["group"])["tags"] == [
        {"tagKey": "more", "tagValue": "x"}
    ]


def test_given_lists_when_paginated_by_boto3_then_pages_hold_everything_once(
    clients: Clients, stack: dict[str, str], jobs: None
) -> None:
    for name in sorted(name for name in OPERATIONS if name.startswith("List")):
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
        if not clients.control.can_paginate(snake):
            continue
        request = {"metricAttributionArn": stack["attribution"]} if "AttributionMetrics" in name else {}
        pages = clients.control.get_paginator(snake).paginate(**request, PaginationConfig={"PageSize": 1})
        whole = [entry for page in pages for entry in next(iter(v for k, v in page.items() if isinstance(v, list)))]
        unpaginated = getattr(clients.control, snake)(**request)
        listed = next(value for value in unpaginated.values() if isinstance(value, list))
        assert whole == listed
        assert whole, f"{name} lists nothing"
    assert clients.control.list_data_deletion_jobs()["dataDeletionJobs"]


_UNKNOWN = "arn:aws:personalize:us-east-1:123456789012:nothing/here"


def _bad_calls(clients: Clients, stack: dict[str, str]) -> Iterator[tuple[str, Callable[[], Any]]]:
    control, runtime, events = clients.control, clients.runtime, clients.events
    for name in OPERATIONS:
        shape = operations()[name].input_shape
        arns = [member for member in shape.required_members if member.endswith("Arn")]
        if name.startswith(("Describe", "Delete", "Stop", "Get")) and len(shape.required_members) == 1:
            snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
            method = getattr(control, snake)
            yield "ResourceNotFoundException", lambda m=method, a=arns: m(**{a[0]: _UNKNOWN})
        elif name.startswith("List") and hasattr(shape.members, "get") and "maxResults" in shape.members:
            snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
            method = getattr(control, snake)
            parent = {"metricAttributionArn": stack["attribution"]} if "AttributionMetrics" in name else {}
            yield "InvalidNextTokenException", lambda m=method, g=parent: m(nextToken="nonsense", **g)
            yield "InvalidInputException", lambda m=method, g=parent: m(maxResults=1000, **g)
    group = {"datasetGroupArn": stack["group"]}
    yield "ResourceAlreadyExistsException", lambda: control.create_dataset_group(name="contract")
    yield "ResourceAlreadyExistsException", lambda: control.create_event_tracker(name="two", **group)
    yield "ResourceInUseException", lambda: control.delete_dataset_group(**group)
    yield "ResourceInUseException", lambda: control.delete_solution(solutionArn=stack["recommend"])
    yield "InvalidInputException", lambda: control.create_schema(name="x", schema="{}")
    yield "InvalidInputException", lambda: control.create_filter(name="x", filterExpression="x", **group)
    yield (
        "TooManyTagsException",
        lambda: control.create_dataset_group(name="t", tags=[{"tagKey": f"k{n}", "tagValue": ""} for n in range(51)]),
    )
    yield "ResourceNotFoundException", lambda: runtime.get_recommendations(campaignArn=_UNKNOWN, userId="u")
    yield (
        "ResourceNotFoundException",
        lambda: runtime.get_personalized_ranking(campaignArn=_UNKNOWN, userId="u", inputList=["a"]),
    )
    yield (
        "InvalidInputException",
        lambda: runtime.get_recommendations(campaignArn=stack["recommend-campaign"], userId="u", numResults=501),
    )
    yield "ResourceNotFoundException", lambda: events.put_items(datasetArn=_UNKNOWN, items=[{"itemId": "a"}])
    yield (
        "InvalidInputException",
        lambda: events.put_events(trackingId="wrong", sessionId="s", eventList=[{"eventType": "view", "sentAt": NOW}]),
    )
    yield "InvalidInputException", lambda: runtime.get_action_recommendations()


def test_given_bad_calls_when_made_then_each_error_is_one_of_the_model(clients: Clients, stack: dict[str, str]) -> None:
    for expected, call in _bad_calls(clients, stack):
        with pytest.raises(ClientError) as error:
            call()
        assert error.value.response["Error"]["Code"] == expected, str(error.value)
