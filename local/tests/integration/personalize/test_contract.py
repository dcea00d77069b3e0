"""Every working operation, called by boto3 over HTTP, answers what the service model says; and so does every error."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.personalize.operation_registry import OPERATIONS
from local_aws.personalize.service_model import operations
from local_aws.testing.personalize_only import LocalAws
from local_aws.testing.shapes import ResponseValidator

ROLE = "arn:aws:iam::123456789012:role/personalize"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"
NOW = 1_700_000_000
TAGS = [{"tagKey": "team", "tagValue": "pets"}]


def _schema(name: str, *fields: dict[str, Any]) -> str:
    return json.dumps(
        {
            "type": "record",
            "name": name,
            "namespace": "com.amazonaws.personalize.schema",
            "fields": fields,
            "version": "1",
        }
    )


_USER, _ITEM = {"name": "USER_ID", "type": "string"}, {"name": "ITEM_ID", "type": "string"}
_SCHEMAS = {
    "Interactions": _schema(
        "Interactions", _USER, _ITEM, {"name": "TIMESTAMP", "type": "long"}, {"name": "EVENT_TYPE", "type": "string"}
    ),
    "Items": _schema("Items", _ITEM, {"name": "KIND", "type": "string", "categorical": True}),
    "Users": _schema("Users", _USER, {"name": "LEVEL", "type": "string", "categorical": True}),
}
_WIDER_ITEMS = _schema(
    "Items", _ITEM, {"name": "KIND", "type": "string", "categorical": True}, {"name": "COST", "type": ["null", "float"]}
)


class Walk:
    """The clients, each watched, and the waiting by polling that users do."""

    def __init__(self, aws: LocalAws) -> None:
        self.witness = ResponseValidator()
        self.control = self.witness.watch(aws.client("personalize"))
        self.runtime = self.witness.watch(aws.client("personalize-runtime"))
        self.events = self.witness.watch(aws.client("personalize-events"))
        self.s3 = aws.client("s3")

    def settled(self, noun: str, arn: str) -> dict[str, Any]:
        """Poll Describe until the resource is in no passing status."""
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in noun)
        member = noun[0].lower() + noun[1:]
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            resource = getattr(self.control, f"describe{snake}")(**{f"{member}Arn": arn})[member]
            if not any(word in resource["status"] for word in ("PENDING", "PROGRESS", "STOPPING")):
                return resource
            time.sleep(0.02)
        raise TimeoutError(arn)

    def active(self, noun: str, arn: str) -> str:
        resource = self.settled(noun, arn)
        assert resource["status"] in ("ACTIVE", "COMPLETED"), resource
        return arn


@pytest.fixture(scope="module")
def walk(aws: LocalAws) -> Walk:
    return Walk(aws)


@pytest.fixture(scope="module")
def stack(walk: Walk) -> dict[str, str]:
    """A whole stack, made step by step."""
    control, s3 = walk.control, walk.s3
    s3.create_bucket(Bucket="data")
    rows = [f"u{n % 60},i{(n % 60 // 2 * 7 + n) % 40},{NOW + n},{'view' if n % 3 else 'buy'}" for n in range(1500)]
    for name, header, lines in (
        ("Interactions", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", rows),
        ("Items", "ITEM_ID,KIND", [f"i{n},k{n % 4}" for n in range(40)]),
        ("Users", "USER_ID,LEVEL", [f"u{n},gold" for n in range(60)]),
    ):
        s3.put_object(Bucket="data", Key=f"{name}.csv", Body="\n".join([header, *lines]).encode())
    made: dict[str, str] = {}
    group = control.create_dataset_group(name="contract", tags=TAGS)["datasetGroupArn"]
    made["group"] = walk.active("DatasetGroup", group)
    for name, text in _SCHEMAS.items():
        made[f"{name}Schema"] = control.create_schema(name=f"contract-{name}", schema=text)["schemaArn"]
        dataset = control.create_dataset(
            name=name, schemaArn=made[f"{name}Schema"], datasetGroupArn=group, datasetType=name
        )["datasetArn"]
        made[name] = walk.active("Dataset", dataset)
        job = control.create_dataset_import_job(
            jobName=name, datasetArn=dataset, dataSource={"dataLocation": f"s3://data/{name}.csv"}, roleArn=ROLE
        )["datasetImportJobArn"]
        made[f"{name}Job"] = walk.active("DatasetImportJob", job)
    tracker = control.create_event_tracker(name="contract", datasetGroupArn=group)
    made["tracker"], made["tracking"] = walk.active("EventTracker", tracker["eventTrackerArn"]), tracker["trackingId"]
    expression = "INCLUDE ItemID WHERE Items.KIND IN ($KIND)"
    made["filter"] = walk.active(
        "Filter",
        control.create_filter(name="kinds", datasetGroupArn=group, filterExpression=expression)["filterArn"],
    )
    for name, recipe in (("recommend", RECIPE), ("rank", "arn:aws:personalize:::recipe/aws-personalized-ranking")):
        solution = control.create_solution(name=name, datasetGroupArn=group, recipeArn=recipe, tags=TAGS)["solutionArn"]
        made[name] = walk.active("Solution", solution)
        control.update_solution(solutionArn=solution, performAutoTraining=False)
        version = control.create_solution_version(solutionArn=solution, name="first")["solutionVersionArn"]
        made[f"{name}-version"] = walk.active("SolutionVersion", version)
        campaign = control.create_campaign(
            name=name, solutionVersionArn=version, campaignConfig={"enableMetadataWithRecommendations": True}
        )["campaignArn"]
        made[f"{name}-campaign"] = walk.active("Campaign", campaign)
    return made


def test_given_a_stack_when_its_updates_run_then_they_are_described(walk: Walk, stack: dict[str, str]) -> None:
    control = walk.control
    control.update_campaign(campaignArn=stack["recommend-campaign"], minProvisionedTPS=2)
    wider = control.create_schema(name="wider", schema=_WIDER_ITEMS)["schemaArn"]
    control.update_dataset(datasetArn=stack["Items"], schemaArn=wider)
    time.sleep(0.3)
    campaign = control.describe_campaign(campaignArn=stack["recommend-campaign"])["campaign"]
    assert campaign["latestCampaignUpdate"]["status"] == "ACTIVE"
    assert control.describe_dataset(datasetArn=stack["Items"])["dataset"]["schemaArn"] == wider
    assert control.describe_schema(schemaArn=wider)["schema"]["schema"] == _WIDER_ITEMS
    solution = control.describe_solution(solutionArn=stack["recommend"])["solution"]
    assert solution["latestSolutionVersion"]["solutionVersionArn"] == stack["recommend-version"]
    assert solution["latestSolutionUpdate"]["status"] == "ACTIVE"
    assert solution["performAutoTraining"] is False
    metrics = control.get_solution_metrics(solutionVersionArn=stack["recommend-version"])["metrics"]
    assert all(0 <= value <= 1 for value in metrics.values())
    stopped = control.create_solution_version(solutionArn=stack["recommend"])["solutionVersionArn"]
    control.stop_solution_version_creation(solutionVersionArn=stopped)
    assert walk.settled("SolutionVersion", stopped)["status"] == "CREATE STOPPED"


def test_given_a_stack_when_asked_at_run_time_then_items_come(walk: Walk, stack: dict[str, str]) -> None:
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
    walk.events.put_events(trackingId=stack["tracking"], sessionId="s", userId="u1", eventList=[event])
    walk.events.put_items(datasetArn=stack["Items"], items=[{"itemId": "new", "properties": '{"kind": "k1"}'}])
    walk.events.put_users(datasetArn=stack["Users"], users=[{"userId": "new", "properties": '{"level": "gold"}'}])
    answer = walk.runtime.get_recommendations(
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
    assert len(answer["itemList"]) == 10
    assert len(answer["recommendationId"]) <= 40
    assert {item["metadata"]["KIND"] for item in answer["itemList"]} <= {"k1", "k2"}
    ranking = walk.runtime.get_personalized_ranking(
        campaignArn=stack["rank-campaign"], userId="u1", inputList=["i5", "none", "i6"]
    )
    assert {item["itemId"] for item in ranking["personalizedRanking"]} == {"i5", "none", "i6"}


def test_given_a_stack_when_jobs_run_then_they_are_described(walk: Walk, stack: dict[str, str]) -> None:
    control, s3 = walk.control, walk.s3
    s3.put_object(Bucket="data", Key="users.json", Body=b'{"userId": "u1"}\n')
    batch = control.create_batch_inference_job(
        jobName="batch",
        solutionVersionArn=stack["recommend-version"],
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": "s3://data/users.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
        batchInferenceJobConfig={
            "itemExplorationConfig": {"explorationWeight": "0.5", "explorationItemAgeCutOff": "9"}
        },
    )["batchInferenceJobArn"]
    walk.active("BatchInferenceJob", batch)
    assert s3.get_object(Bucket="data", Key="out/users.json.out")["Body"].read()
    export = control.create_dataset_export_job(
        jobName="export",
        datasetArn=stack["Users"],
        ingestionMode="ALL",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://data/export/"}},
    )["datasetExportJobArn"]
    walk.active("DatasetExportJob", export)
    s3.put_object(Bucket="data", Key="gone.csv", Body=b"USER_ID\nu59\n")
    deletion = control.create_data_deletion_job(
        jobName="gone", datasetGroupArn=stack["group"], dataSource={"dataLocation": "s3://data/gone.csv"}, roleArn=ROLE
    )["dataDeletionJobArn"]
    walk.active("DataDeletionJob", deletion)
    attribution = control.create_metric_attribution(
        name="worth",
        datasetGroupArn=stack["group"],
        metrics=[{"eventType": "buy", "metricName": "sold", "expression": "SAMPLECOUNT()"}],
        metricsOutputConfig={"roleArn": ROLE},
    )["metricAttributionArn"]
    walk.active("MetricAttribution", attribution)
    control.update_metric_attribution(metricAttributionArn=attribution, metricsOutputConfig={"roleArn": ROLE})
    assert control.list_metric_attribution_metrics(metricAttributionArn=attribution)["metrics"]
    stack["attribution"] = walk.active("MetricAttribution", attribution)


def test_given_what_comes_with_the_service_when_described_then_it_leads_from_one_to_the_next(walk: Walk) -> None:
    recipe = walk.control.describe_recipe(recipeArn=RECIPE)["recipe"]
    walk.control.describe_algorithm(algorithmArn=recipe["algorithmArn"])
    walk.control.describe_feature_transformation(featureTransformationArn=recipe["featureTransformationArn"])


def test_given_tags_when_changed_then_they_are_listed(walk: Walk, stack: dict[str, str]) -> None:
    walk.control.tag_resource(resourceArn=stack["group"], tags=[{"tagKey": "more", "tagValue": "x"}])
    walk.control.untag_resource(resourceArn=stack["group"], tagKeys=["team"])
    assert walk.control.list_tags_for_resource(resourceArn=stack["group"])["tags"] == [
        {"tagKey": "more", "tagValue": "x"}
    ]


def test_given_lists_when_paginated_by_boto3_then_pages_hold_everything_once(walk: Walk, stack: dict[str, str]) -> None:
    for name in sorted(name for name in OPERATIONS if name.startswith("List")):
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
        if not walk.control.can_paginate(snake):
            continue
        request = {"metricAttributionArn": stack["attribution"]} if "AttributionMetrics" in name else {}
        pages = walk.control.get_paginator(snake).paginate(**request, PaginationConfig={"PageSize": 1})
        whole = [entry for page in pages for entry in next(iter(v for k, v in page.items() if isinstance(v, list)))]
        at_once = getattr(walk.control, snake)(**request)
        listed = next(value for value in at_once.values() if isinstance(value, list))
        assert whole == listed
        assert whole, f"{name} lists nothing"
    assert walk.control.list_data_deletion_jobs()["dataDeletionJobs"]


_UNKNOWN = "arn:aws:personalize:us-east-1:123456789012:nothing/here"


def _bad_calls(walk: Walk, stack: dict[str, str]) -> Iterator[tuple[str, Callable[[], Any]]]:
    control, runtime, events = walk.control, walk.runtime, walk.events
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
            given = {"metricAttributionArn": stack["attribution"]} if "AttributionMetrics" in name else {}
            yield "InvalidNextTokenException", lambda m=method, g=given: m(nextToken="nonsense", **g)
            yield "InvalidInputException", lambda m=method, g=given: m(maxResults=1000, **g)
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
    yield "NotImplementedException", lambda: control.list_recommenders()
    yield "NotImplementedException", lambda: runtime.get_action_recommendations()


def test_given_bad_calls_when_made_then_each_error_is_one_of_the_model(walk: Walk, stack: dict[str, str]) -> None:
    for expected, call in _bad_calls(walk, stack):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == expected, str(refused.value)


def test_given_a_stack_when_torn_down_in_order_then_nothing_is_left(walk: Walk, stack: dict[str, str]) -> None:
    control = walk.control
    for name in ("recommend", "rank"):
        control.delete_campaign(campaignArn=stack[f"{name}-campaign"])
    control.delete_filter(filterArn=stack["filter"])
    control.delete_event_tracker(eventTrackerArn=stack["tracker"])
    control.delete_metric_attribution(metricAttributionArn=stack["attribution"])
    _until_empty(lambda: control.list_campaigns()["campaigns"])
    for name in ("recommend", "rank"):
        control.delete_solution(solutionArn=stack[name])
    _until_empty(lambda: control.list_solutions()["solutions"] + control.list_event_trackers()["eventTrackers"])
    for name in _SCHEMAS:
        control.delete_dataset(datasetArn=stack[name])
    _until_empty(lambda: control.list_datasets()["datasets"])
    control.delete_dataset_group(datasetGroupArn=stack["group"])
    for schema in control.list_schemas()["schemas"]:
        control.delete_schema(schemaArn=schema["schemaArn"])
    _until_empty(lambda: control.list_dataset_groups()["datasetGroups"] + control.list_schemas()["schemas"])


def test_given_the_walk_when_done_then_every_working_operation_answered(walk: Walk) -> None:
    assert set(OPERATIONS) - walk.witness.answered == set()


def _until_empty(listed: Callable[[], list[Any]]) -> None:
    for _ in itertools.count():
        if not listed():
            return
        assert _ < 500
        time.sleep(0.02)
