"""Probes of the corrections of Athena."""

from typing import Any

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, probe


@probe("athena.update_queries_and_workgroups")
def named_query_is_deleted() -> None:
    athena = client("athena")
    query = athena.create_named_query(Name="q", Database="d", QueryString="SELECT 1")["NamedQueryId"]
    athena.delete_named_query(NamedQueryId=query)


@probe("athena.update_queries_and_workgroups")
def workgroup_is_updated() -> None:
    athena = client("athena")
    athena.create_work_group(Name="w", Configuration={}, Tags=[{"Key": "a", "Value": "b"}])
    athena.update_work_group(WorkGroup="w", ConfigurationUpdates={"BytesScannedCutoffPerQuery": 12345678})
    found = athena.get_work_group(WorkGroup="w")["WorkGroup"]["Configuration"]
    assert found["BytesScannedCutoffPerQuery"] == 12345678


@probe("athena.update_queries_and_workgroups")
def workgroup_without_tags_is_read() -> None:
    athena = client("athena")
    athena.create_work_group(Name="w", Configuration={})
    arn = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/w"
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


@probe("athena.run_queries")
def answers_a_query() -> None:
    athena, glue, s3 = client("athena"), client("glue"), client("s3")
    s3.create_bucket(Bucket="raw")
    s3.put_object(Bucket="raw", Key="events/day=1/a.json", Body=b'{"userId": 7, "Data": {"kind": "x"}}\nno JSON\n')
    glue.create_database(DatabaseInput={"Name": "d"})
    columns = [{"Name": "userid", "Type": "string"}, {"Name": "data", "Type": "struct<kind:string>"}]
    descriptor = {"Columns": columns, "Location": "s3://raw/events/"}
    place = {"storage.location.template": "s3://raw/events/${arrival}/"}
    table = {"Name": "events", "StorageDescriptor": descriptor, "Parameters": place}
    glue.create_table(DatabaseName="d", TableInput=table)
    sql = "-- Who?\nSELECT userid, data.kind AS kind, arrival FROM events WHERE userid = ?"
    asked = {"QueryExecutionContext": {"Database": "d"}, "ResultConfiguration": {"OutputLocation": "s3://raw/answers/"}}
    query = athena.start_query_execution(QueryString=sql, ExecutionParameters=["'7'"], **asked)["QueryExecutionId"]
    while athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] != "SUCCEEDED":
        pass
    rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    texts = [[cell["VarCharValue"] for cell in row["Data"]] for row in rows]
    assert texts == [["userid", "kind", "arrival"], ["7", "x", "day=1"]]
    written = s3.get_object(Bucket="raw", Key=f"answers/{query}.csv")["Body"].read()
    assert written == b'"userid","kind","arrival"\n"7","x","day=1"\n'


@probe("athena.run_queries")
def says_why_a_query_failed() -> None:
    athena = client("athena")
    client("glue").create_database(DatabaseInput={"Name": "d"})
    query = athena.start_query_execution(QueryString="SELECT 1 FROM nowhere", QueryExecutionContext={"Database": "d"})[
        "QueryExecutionId"
    ]
    status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
    assert status["State"] == "FAILED"
    assert "nowhere" in status["StateChangeReason"]


@probe("athena.bound_query_executions")
def query_executions_are_bounded() -> None:
    from moto.athena.models import athena_backends

    backend = athena_backends[ACCOUNT][REGION]
    first, *_, newest = (_start_query(backend) for _ in range(1_001))
    assert first not in backend.executions
    assert newest in backend.executions


def _start_query(backend: Any) -> str:
    return backend.start_query_execution(  # type: ignore[no-any-return]
        query="SHOW TABLES", context={}, config={}, workgroup="primary", execution_parameters=None
    )
