"""What events are worth by the source of their recommendation: metrics in CloudWatch, and reports in S3."""

from typing import Any

import pytest

from local_aws.personalize import PersonalizeSettings, create_app
from local_aws.personalize.errors import InvalidInputError
from local_aws.testing.in_process import (
    ITEMS,
    NOW,
    ROLE,
    FakeS3,
    InProcessPersonalize,
    interactions_csv,
    items_csv,
    schema,
)

METRICS = [
    {"eventType": "View", "metricName": "countViews", "expression": "SAMPLECOUNT()"},
    {"eventType": "apply", "metricName": "price", "expression": "SUM(ITEMS.PRICE)"},
    {"eventType": "apply", "metricName": "worth", "expression": "SUM(Interactions.EVENT_VALUE)"},
]
_DAY = 86_400
_INTERACTIONS = schema(
    "Interactions",
    *({"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID", "EVENT_TYPE")),
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "EVENT_VALUE", "type": ["null", "float"]},
)


def csv_without_values() -> str:
    header, *rows = interactions_csv().splitlines()
    return "\n".join([f"{header},EVENT_VALUE", *(f"{row}," for row in rows)])


class Account:
    """A dataset group with a metric attribution. `sent` is what CloudWatch got: role, source and metrics."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, list[dict[str, Any]]]] = []
        s3 = FakeS3()
        app = create_app(
            settings=PersonalizeSettings(step_seconds=0, training_process=False, clock=lambda: NOW + 6000.0),
            s3=lambda role, job: s3,
            send_metrics=lambda role, source, metrics: self.sent.append((role, source, metrics)),
        )
        self.personalize = InProcessPersonalize(app, s3)
        arns = self.personalize.arns
        arns["group"] = self.personalize.call("CreateDatasetGroup", name="g")["datasetGroupArn"]
        self.personalize.create_dataset("Interactions", _INTERACTIONS)
        self.personalize.create_dataset("Items", ITEMS)
        self.personalize.import_csv("Items", items_csv())
        tracker = self.personalize.call("CreateEventTracker", name="t", datasetGroupArn=arns["group"])
        arns["tracking"] = tracker["trackingId"]

    def attribute(self, metrics: list[dict[str, str]] = METRICS, **output: Any) -> str:
        arn: str = self.personalize.call(
            "CreateMetricAttribution",
            name="impact",
            datasetGroupArn=self.personalize.arns["group"],
            metrics=metrics,
            metricsOutputConfig={"roleArn": ROLE} | output,
        )["metricAttributionArn"]
        return arn

    def values(self) -> dict[tuple[str, str], float]:
        """Return what CloudWatch got by name and source."""
        assert self.personalize.app.service().wait_idle(20)
        return {
            (metric["MetricName"], metric["Dimensions"][0]["Value"]): metric["Value"]
            for _, _, metrics in self.sent
            for metric in metrics
        }


@pytest.fixture
def account() -> Account:
    return Account()


def test_given_an_attribution_when_events_are_put_then_cloudwatch_gets_their_worth_by_source(account: Account) -> None:
    arn = account.attribute()
    data = account.personalize.app.service().data(account.personalize.arns["group"])
    campaign = "arn:aws:personalize:us-east-1:123456789012:campaign/c"
    data.record_recommendation("RID-1", ("i1",), campaign)
    account.personalize.put_views("s", "i1", user="u", recommendationId="RID-1")
    account.personalize.put_views("s", "i2", user="u", eventType="apply", eventValue=2.5)
    shop = {"metricAttribution": {"eventAttributionSource": "shop"}, "recommendationId": "RID-1"}
    account.personalize.put_views("s", "i3", user="u", **shop)
    assert account.values() == {
        ("COUNTVIEWS", campaign): 1,
        ("PRICE", "SOURCE_NAME_UNDEFINED"): 2,
        ("WORTH", "SOURCE_NAME_UNDEFINED"): 2.5,
        ("COUNTVIEWS", "SHOP"): 1,
    }
    role, source, metrics = account.sent[0]
    assert (role, source) == (ROLE, arn)
    assert metrics[0]["Dimensions"][1] == {"Name": "DatasetGroupArn", "Value": account.personalize.arns["group"]}
    assert metrics[0]["Timestamp"].timestamp() == NOW + 5000


def test_given_no_attribution_or_an_old_or_repeated_event_then_cloudwatch_gets_nothing(account: Account) -> None:
    account.personalize.put_views("s", "i1", user="u", eventId="e")
    account.attribute()
    account.personalize.put_views("s", "i1", user="u", eventId="e")
    account.personalize.put_views("s", "i1", user="u", sentAt=NOW - 15 * _DAY)
    assert account.values() == {}


def test_given_a_destination_when_imported_then_a_report_has_intervals_of_a_quarter_of_an_hour(
    account: Account,
) -> None:
    account.attribute(s3DataDestination={"path": "s3://data/metrics/"})
    account.personalize.call(
        "CreateDatasetImportJob",
        jobName="published",
        datasetArn=account.personalize.arns["Interactions"],
        dataSource={"dataLocation": account.personalize.upload("job.csv", csv_without_values())},
        roleArn=ROLE,
        publishAttributionMetricsToS3=True,
    )
    account.personalize.wait_idle()
    (name,) = [key for _, key in account.personalize.s3.files if key.startswith("metrics/")]
    assert name == "metrics/AggregatedAttributionMetrics - FULL - 2023-11-14T23-53-20Z.csv"
    header, *rows = account.personalize.s3.files["data", name].decode().splitlines()
    assert header == "METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP"
    cells = [row.split(",") for row in rows]
    assert sum(float(row[2]) for row in cells if row[0] == "COUNTVIEWS") == 900
    assert {tuple(row[i] for i in (0, 1, 3, 4)) for row in cells} == {
        ("COUNTVIEWS", "VIEW", "samplecount", "SOURCE_NAME_UNDEFINED"),
        ("PRICE", "APPLY", "sum", "SOURCE_NAME_UNDEFINED"),
    }
    times = [int(row[5]) for row in cells]
    assert times == sorted(times, reverse=True)
    assert all(time % 900 == 0 for time in times)
    assert account.sent == []  # only incremental imports


def test_given_an_incremental_import_then_cloudwatch_gets_its_events(account: Account) -> None:
    account.attribute()
    account.personalize.import_csv("Interactions", csv_without_values(), "added", mode="INCREMENTAL")
    assert account.values()["COUNTVIEWS", "SOURCE_NAME_UNDEFINED"] == 1


def test_given_no_destination_when_a_report_is_asked_for_then_it_is_refused(account: Account) -> None:
    account.attribute()
    with pytest.raises(InvalidInputError, match="publishAttributionMetricsToS3 needs"):
        account.personalize.call(
            "CreateDatasetImportJob",
            jobName="job",
            datasetArn=account.personalize.arns["Interactions"],
            dataSource={"dataLocation": "s3://data/x.csv"},
            roleArn=ROLE,
            publishAttributionMetricsToS3=True,
        )


@pytest.mark.parametrize("expression", ["SUM(Items.SPECIES)", "SUM(Items.NOPE)", "SUM(Interactions.EVENT_TYPE)"])
def test_given_a_column_that_cannot_be_summed_then_it_is_refused(account: Account, expression: str) -> None:
    with pytest.raises(InvalidInputError, match="SUM needs a numerical column"):
        account.attribute([{"eventType": "view", "metricName": "m", "expression": expression}])


def test_given_interactions_without_event_types_then_an_attribution_is_refused(
    personalize: InProcessPersonalize,
) -> None:
    columns = [{"name": name, "type": "string"} for name in ("USER_ID", "ITEM_ID")]
    personalize.create_dataset("Interactions", schema("Interactions", *columns, {"name": "TIMESTAMP", "type": "long"}))
    with pytest.raises(InvalidInputError, match="EVENT_TYPE"):
        personalize.call(
            "CreateMetricAttribution",
            name="impact",
            datasetGroupArn=personalize.arns["group"],
            metrics=METRICS[:1],
            metricsOutputConfig={"roleArn": ROLE},
        )
