"""Every available operation, called by boto3 over HTTP, responds as the service model says; so does every error."""

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
_RECIPES = {
    "recommend": RECIPE,
    "rank": "arn:aws:personalize:::recipe/aws-personalized-ranking",
    "act": "arn:aws:personalize:::recipe/aws-next-best-action",
}
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
_ACTION = {"name": "ACTION_ID", "type": "string"}
_SCHEMAS = {
    "Interactions": _schema(
        "Interactions",
        *(_USER, _ITEM, {"name": "TIMESTAMP", "type": "long"}, {"name": "EVENT_TYPE", "type": "string"}),
        {"name": "DEVICE", "type": ["null", "string"], "categorical": True},
    ),
    "Items": _schema("Items", _ITEM, {"name": "KIND", "type": "string", "categorical": True}),
    "Users": _schema("Users", _USER, {"name": "LEVEL", "type": "string", "categorical": True}),
    "Actions": _schema("Actions", _ACTION, {"name": "VALUE", "type": "long"}),
    "Action_Interactions": _schema(
        "ActionInteractions",
        *(_USER, _ACTION, {"name": "EVENT_TYPE", "type": "string"}, {"name": "TIMESTAMP", "type": "long"}),
    ),
}
_WIDER_ITEMS = _schema(
    "Items", _ITEM, {"name": "KIND", "type": "string", "categorical": True}, {"name": "COST", "type": ["null", "float"]}
)


class Clients:
    """The clients, whose responses are checked, and polling until a resource is stable."""

    def __init__(self, aws: LocalAws) -> None:
        self.validator = ResponseValidator()
        self.control = self.validator.watch(aws.client("personalize"))
        self.runtime = self.validator.watch(aws.client("personalize-runtime"))
        self.events = self.validator.watch(aws.client("personalize-events"))
        self.s3 = aws.client("s3")

    def wait_until_stable(self, noun: str, arn: str) -> dict[str, Any]:
        """Poll Describe until the resource is not in a transitional status."""
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in noun)
        member = noun[0].lower() + noun[1:]
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            resource = getattr(self.control, f"describe{snake}")(**{f"{member}Arn": arn})[member]
            if not any(word in resource["status"] for word in ("PENDING", "PROGRESS", "STOPPING")):
                return resource
            time.sleep(0.02)
        raise TimeoutError(arn)

    def wait_until_active(self, noun: str, arn: str) -> str:
        resource = self.wait_until_stable(noun, arn)
        assert resource["status"] in ("ACTIVE", "COMPLETED"), resource
        return arn


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
    control, s3 = clients.control, clients.s3
    s3.create_bucket(Bucket="data")
    rows = [f"u{n % 60},i{(n % 60 // 2 * 7 + n) % 40},{NOW + n},{'view' if n % 3 else 'buy'}" for n in range(1500)]
    for name, header, lines in (
        ("Interactions", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE", [f"{row},phone" for row in rows]),
        ("Items", "ITEM_ID,KIND", [f"i{n},k{n % 4}" for n in range(40)]),
        ("Users", "USER_ID,LEVEL", [f"u{n},gold" for n in range(60)]),
        ("Actions", "ACTION_ID,VALUE", ["enroll,5", "install,9"]),
        ("Action_Interactions", "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP", [f"u1,enroll,Taken,{NOW}"]),
    ):
        s3.put_object(Bucket="data", Key=f"{name}.csv", Body="\n".join([header, *lines]).encode())
    created: dict[str, str] = {}
    group = control.create_dataset_group(name="contract", tags=TAGS)["datasetGroupArn"]
    created["group"] = clients.wait_until_active("DatasetGroup", group)
    for name, text in _SCHEMAS.items():
        created[f"{name}Schema"] = control.create_schema(name=f"contract-{name}", schema=text)["schemaArn"]
        dataset = control.create_dataset(
            name=name, schemaArn=created[f"{name}Schema"], datasetGroupArn=group, datasetType=name
        )["datasetArn"]
        created[name] = clients.wait_until_active("Dataset", dataset)
        job = control.create_dataset_import_job(
            jobName=name, datasetArn=dataset, dataSource={"dataLocation": f"s3://data/{name}.csv"}, roleArn=ROLE
        )["datasetImportJobArn"]
        created[f"{name}Job"] = clients.wait_until_active("DatasetImportJob", job)
    tracker = control.create_event_tracker(name="contract", datasetGroupArn=group)
    created["tracker"], created["tracking"] = (
        clients.wait_until_active("EventTracker", tracker["eventTrackerArn"]),
        tracker["trackingId"],
    )
    expression = "INCLUDE ItemID WHERE Items.KIND IN ($KIND)"
    created["filter"] = clients.wait_until_active(
        "Filter",
        control.create_filter(name="kinds", datasetGroupArn=group, filterExpression=expression)["filterArn"],
    )
    created["affinity-version"] = _train_affinity(clients, group)
    for name, recipe in _RECIPES.items():
        solution = control.create_solution(name=name, datasetGroupArn=group, recipeArn=recipe, tags=TAGS)["solutionArn"]
        created[name] = clients.wait_until_active("Solution", solution)
        control.update_solution(solutionArn=solution, performAutoTraining=False)
        version = control.create_solution_version(solutionArn=solution, name="first")["solutionVersionArn"]
        created[f"{name}-version"] = clients.wait_until_active("SolutionVersion", version)
        config = {} if name == "act" else {"enableMetadataWithRecommendations": True}
        campaign = control.create_campaign(name=name, solutionVersionArn=version, campaignConfig=config)["campaignArn"]
        created[f"{name}-campaign"] = clients.wait_until_active("Campaign", campaign)
    attribution = control.create_metric_attribution(
        name="worth",
        datasetGroupArn=group,
        metrics=[{"eventType": "buy", "metricName": "sold", "expression": "SAMPLECOUNT()"}],
        metricsOutputConfig={"roleArn": ROLE},
    )["metricAttributionArn"]
    created["attribution"] = clients.wait_until_active("MetricAttribution", attribution)
    _add_recommender(clients, created)
    yield created
    _delete_in_order(clients, created)


def _train_affinity(clients: Clients, group: str) -> str:
    recipe = "arn:aws:personalize:::recipe/aws-item-affinity"
    solution = clients.control.create_solution(
        name="affinity", datasetGroupArn=group, recipeArn=recipe, performAutoTraining=False
    )["solutionArn"]
    version = clients.control.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    return clients.wait_until_active("SolutionVersion", version)


def _add_recommender(clients: Clients, created: dict[str, str]) -> None:
    """Create a group of a domain with a recommender."""
    control = clients.control
    shop = control.create_dataset_group(name="shop", domain="ECOMMERCE")["datasetGroupArn"]
    created["shop"] = clients.wait_until_active("DatasetGroup", shop)
    text = _SCHEMAS["Interactions"]
    schema = control.create_schema(name="shop", schema=text, domain="ECOMMERCE")["schemaArn"]
    dataset = control.create_dataset(name="shop", schemaArn=schema, datasetGroupArn=shop, datasetType="Interactions")[
        "datasetArn"
    ]
    created["shop-interactions"] = clients.wait_until_active("Dataset", dataset)
    source = {"dataLocation": "s3://data/Interactions.csv"}
    job = control.create_dataset_import_job(jobName="shop", datasetArn=dataset, dataSource=source, roleArn=ROLE)
    clients.wait_until_active("DatasetImportJob", job["datasetImportJobArn"])
    recommender = control.create_recommender(
        name="shop",
        datasetGroupArn=shop,
        recipeArn="arn:aws:personalize:::recipe/aws-ecomm-recommended-for-you",
        recommenderConfig={"itemExplorationConfig": {"explorationWeight": "0.2"}},
    )["recommenderArn"]
    created["recommender"] = clients.wait_until_active("Recommender", recommender)


@pytest.fixture(scope="module")
def jobs(clients: Clients, stack: dict[str, str]) -> None:
    """Run one job of each type."""
    control, s3 = clients.control, clients.s3
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
    clients.wait_until_active("BatchInferenceJob", batch)
    s3.put_object(Bucket="data", Key="items.json", Body=b'{"itemId": "i1"}\n')
    segment = control.create_batch_segment_job(
        jobName="segment",
        solutionVersionArn=stack["affinity-version"],
        roleArn=ROLE,
        numResults=5,
        jobInput={"s3DataSource": {"path": "s3://data/items.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
    )["batchSegmentJobArn"]
    clients.wait_until_active("BatchSegmentJob", segment)
    export = control.create_dataset_export_job(
        jobName="export",
        datasetArn=stack["Users"],
        ingestionMode="ALL",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://data/export/"}},
    )["datasetExportJobArn"]
    clients.wait_until_active("DatasetExportJob", export)
    s3.put_object(Bucket="data", Key="gone.csv", Body=b"USER_ID\nu59\n")
    deletion = control.create_data_deletion_job(
        jobName="gone", datasetGroupArn=stack["group"], dataSource={"dataLocation": "s3://data/gone.csv"}, roleArn=ROLE
    )["dataDeletionJobArn"]
    clients.wait_until_active("DataDeletionJob", deletion)


def test_given_a_stack_when_its_updates_run_then_they_are_described(clients: Clients, stack: dict[str, str]) -> None:
    control = clients.control
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


def _delete_in_order(clients: Clients, stack: dict[str, str]) -> None:
    control = clients.control
    for name in _RECIPES:
        control.delete_campaign(campaignArn=stack[f"{name}-campaign"])
    control.delete_recommender(recommenderArn=stack["recommender"])
    _wait_until_empty(lambda: control.list_recommenders()["recommenders"])
    control.delete_filter(filterArn=stack["filter"])
    control.delete_event_tracker(eventTrackerArn=stack["tracker"])
    control.delete_metric_attribution(metricAttributionArn=stack["attribution"])
    _wait_until_empty(lambda: control.list_campaigns()["campaigns"])
    for name in _RECIPES:
        control.delete_solution(solutionArn=stack[name])
    control.delete_solution(solutionArn=stack["affinity-version"].rpartition("/")[0])
    _wait_until_empty(lambda: control.list_solutions()["solutions"] + control.list_event_trackers()["eventTrackers"])
    for name in (*_SCHEMAS, "shop-interactions"):
        control.delete_dataset(datasetArn=stack[name])
    _wait_until_empty(lambda: control.list_datasets()["datasets"])
    for name in ("group", "shop"):
        control.delete_dataset_group(datasetGroupArn=stack[name])
    for schema in control.list_schemas()["schemas"]:
        control.delete_schema(schemaArn=schema["schemaArn"])
    _wait_until_empty(lambda: control.list_dataset_groups()["datasetGroups"] + control.list_schemas()["schemas"])


def _wait_until_empty(list_resources: Callable[[], list[Any]]) -> None:
    for _ in itertools.count():
        if not list_resources():
            return
        assert _ < 500
        time.sleep(0.02)
