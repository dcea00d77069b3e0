"""Dataset export jobs."""

import pytest

from local_aws.testing.in_process import NOW, ROLE, InProcessPersonalize


@pytest.mark.parametrize(("mode", "lines"), [("BULK", 1200), ("PUT", 1), ("ALL", 1201)])
def test_given_a_dataset_when_exported_then_the_csv_has_the_requested_rows(
    with_data: InProcessPersonalize, mode: str, lines: int
) -> None:
    with_data.put_views("s", "i1", user="u")
    with_data.put_views("anonymous", "i1")
    arn = with_data.call(
        "CreateDatasetExportJob",
        jobName="export",
        datasetArn=with_data.arns["Interactions"],
        ingestionMode=mode,
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://data/exports"}},
    )["datasetExportJobArn"]
    with_data.wait_idle()
    assert with_data.call("DescribeDatasetExportJob", datasetExportJobArn=arn)["datasetExportJob"]["status"] == "ACTIVE"
    rows = with_data.s3.files["data", "exports/export/part-00000.csv"].decode().splitlines()
    assert rows[0] == "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
    assert len(rows) - 1 == lines
    if mode == "PUT":
        assert rows[1] == f"u,i1,{NOW + 5000},view"


def test_given_items_when_exported_then_the_csv_has_the_imported_records(with_data: InProcessPersonalize) -> None:
    with_data.call(
        "CreateDatasetExportJob",
        jobName="export",
        datasetArn=with_data.arns["Items"],
        ingestionMode="BULK",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://data/exports/"}},
    )
    with_data.wait_idle()
    rows = with_data.s3.files["data", "exports/export/part-00000.csv"].decode().splitlines()
    assert rows[1] == f"i0,cat,0.0,{NOW - 10_000_000}"
