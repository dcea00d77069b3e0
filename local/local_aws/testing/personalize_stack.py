"""A dataset group with a resource of each type, and clients whose responses are checked against the service model."""

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

from local_aws.testing.personalize_only import LocalAws
from local_aws.testing.shapes import ResponseValidator

ROLE = "arn:aws:iam::123456789012:role/personalize"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"
RECIPES = {
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
SCHEMAS = {
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
WIDER_ITEMS = _schema(
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
            resource: dict[str, Any] = getattr(self.control, f"describe{snake}")(**{f"{member}Arn": arn})[member]
            if not any(word in resource["status"] for word in ("PENDING", "PROGRESS", "STOPPING")):
                return resource
            time.sleep(0.02)
        raise TimeoutError(arn)

    def wait_until_active(self, noun: str, arn: str) -> str:
        """Wait until a resource is stable, and return its ARN if it is ACTIVE or its job is COMPLETED."""
        resource = self.wait_until_stable(noun, arn)
        assert resource["status"] in ("ACTIVE", "COMPLETED"), resource
        return arn


def create_stack(clients: Clients) -> dict[str, str]:
    """Create one resource of each type, and return their ARNs by name."""
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
    for name, text in SCHEMAS.items():
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
    for name, recipe in RECIPES.items():
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
    return created


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
    text = SCHEMAS["Interactions"]
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


def run_jobs(clients: Clients, stack: dict[str, str]) -> None:
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


def delete_in_order(clients: Clients, stack: dict[str, str]) -> None:
    """Delete the resources in the documented order. None may be left."""
    control = clients.control
    for name in RECIPES:
        control.delete_campaign(campaignArn=stack[f"{name}-campaign"])
    control.delete_recommender(recommenderArn=stack["recommender"])
    _wait_until_empty(lambda: control.list_recommenders()["recommenders"])
    control.delete_filter(filterArn=stack["filter"])
    control.delete_event_tracker(eventTrackerArn=stack["tracker"])
    control.delete_metric_attribution(metricAttributionArn=stack["attribution"])
    _wait_until_empty(lambda: control.list_campaigns()["campaigns"])
    for name in RECIPES:
        control.delete_solution(solutionArn=stack[name])
    control.delete_solution(solutionArn=stack["affinity-version"].rpartition("/")[0])
    _wait_until_empty(lambda: control.list_solutions()["solutions"] + control.list_event_trackers()["eventTrackers"])
    for name in (*SCHEMAS, "shop-interactions"):
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
