"""For each correction of moto a probe that fails where moto differs from AWS.

Run as a program: prints as JSON, for each probe, null or what failed. With `--corrected` the corrections are in place.
A probe that passes without them tells that the installed moto no longer needs that correction.
"""

import contextlib
import io
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable
from typing import Any

import boto3
from moto import mock_aws

REGION = "us-east-1"
PROBES: dict[str, Callable[[], None]] = {}


def probe(function: Callable[[], None]) -> Callable[[], None]:
    PROBES[function.__name__] = function
    return function


def aws(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def make_role() -> str:
    return aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}", Description="d")["Role"]["Arn"]


def make_function(**settings: Any) -> Any:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return event")
    client = aws("lambda")
    client.create_function(
        FunctionName="f",
        Runtime="python3.13",
        Role=make_role(),
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
        Publish=True,
        **settings,
    )
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return client


def make_mapping(client: Any, **settings: Any) -> dict[str, Any]:
    stream = make_stream()
    arn = client.get_alias(FunctionName="f", Name="live")["AliasArn"]
    made = client.create_event_source_mapping(
        EventSourceArn=stream, FunctionName=arn, StartingPosition="LATEST", **settings
    )
    return client.get_event_source_mapping(UUID=made["UUID"])


def make_stream(**settings: Any) -> str:
    kinesis = aws("kinesis")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"}, **settings)
    return kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]


@probe
def athena_named_query_is_deleted() -> None:
    athena = aws("athena")
    query = athena.create_named_query(Name="q", Database="d", QueryString="SELECT 1")["NamedQueryId"]
    athena.delete_named_query(NamedQueryId=query)


@probe
def athena_workgroup_is_updated() -> None:
    athena = aws("athena")
    athena.create_work_group(Name="w", Configuration={}, Tags=[{"Key": "a", "Value": "b"}])
    athena.update_work_group(WorkGroup="w", ConfigurationUpdates={"BytesScannedCutoffPerQuery": 12345678})
    found = athena.get_work_group(WorkGroup="w")["WorkGroup"]["Configuration"]
    assert found["BytesScannedCutoffPerQuery"] == 12345678


@probe
def athena_workgroup_without_tags_is_read() -> None:
    athena = aws("athena")
    athena.create_work_group(Name="w", Configuration={})
    arn = f"arn:aws:athena:{REGION}:123456789012:workgroup/w"
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


@probe
def athena_answers_a_query() -> None:
    athena, glue, s3 = aws("athena"), aws("glue"), aws("s3")
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


@probe
def athena_says_why_a_query_failed() -> None:
    athena = aws("athena")
    aws("glue").create_database(DatabaseInput={"Name": "d"})
    query = athena.start_query_execution(QueryString="SELECT 1 FROM nowhere", QueryExecutionContext={"Database": "d"})[
        "QueryExecutionId"
    ]
    status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
    assert status["State"] == "FAILED"
    assert "nowhere" in status["StateChangeReason"]


@probe
def budget_subscribers_and_tags_are_read() -> None:
    budgets, account = aws("budgets"), "123456789012"
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    subscriber = {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}
    limit = {"Amount": "1", "Unit": "USD"}
    budgets.create_budget(
        AccountId=account,
        Budget={"BudgetName": "b", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"},
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
        ResourceTags=[{"Key": "a", "Value": "b"}],
    )
    found = budgets.describe_subscribers_for_notification(AccountId=account, BudgetName="b", Notification=notification)
    assert found["Subscribers"] == [subscriber]
    arn = f"arn:aws:budgets::{account}:budget/b"
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "a", "Value": "b"}]


@probe
def composite_alarm_is_made() -> None:
    aws("cloudwatch").put_composite_alarm(AlarmName="a", AlarmRule="ALARM(b)")


@probe
def alarm_that_is_changed_keeps_its_state() -> None:
    cloudwatch = aws("cloudwatch")
    settings = {"AlarmName": "a", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "Threshold": 1}

    def put_alarm() -> str:
        cloudwatch.put_metric_alarm(
            **settings, EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", AlarmActions=[]
        )
        return cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]["StateValue"]

    assert put_alarm() == "INSUFFICIENT_DATA"
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="r")
    assert put_alarm() == "ALARM"


@probe
def event_is_not_for_a_rule_with_only_a_schedule() -> None:
    events, logs = aws("events"), aws("logs")
    logs.create_log_group(logGroupName="/g")
    events.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:/g"
    events.put_targets(Rule="daily", Targets=[{"Id": "a", "Arn": arn}])
    events.put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}])
    assert logs.describe_log_streams(logGroupName="/g")["logStreams"] == []


@probe
def iam_role_keeps_its_description() -> None:
    iam = aws("iam")
    make_role()
    iam.update_role(RoleName="r", MaxSessionDuration=7200)
    iam.update_role(RoleName="r", Description="new")
    role = iam.get_role(RoleName="r")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("new", 7200)


@probe
def backends_are_found_while_another_is_made() -> None:
    import threading

    from moto.core.base_backend import backend_lock
    from moto.sns.models import sns_backends

    sns_backends["123456789012"]
    with backend_lock:
        look_up = threading.Thread(target=lambda: sns_backends["123456789012"], daemon=True)
        look_up.start()
        look_up.join(timeout=1)
        assert not look_up.is_alive(), "a look-up waits for the lock of all services"


@probe
def dynamodb_query_does_not_slow_down() -> None:
    from moto.dynamodb.models import dynamodb_backends
    from moto.dynamodb.models.dynamo_type import DynamoType

    dynamodb, keys = aws("dynamodb"), (("p", "HASH"), ("s", "RANGE"))
    dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="t", Item={"p": {"S": "a"}, "s": {"S": "b"}})
    table = dynamodb_backends["123456789012"][REGION].tables["t"]
    ((key, partition),) = table.items.items()

    def seconds() -> float:
        began = time.perf_counter()
        items, _, _ = table.query(key, None, [], 100, None, True, None)
        assert len(items) == 1
        return time.perf_counter() - began

    alone = min(seconds() for _ in range(5))
    table.items.update({DynamoType({"S": str(number)}): partition for number in range(5_000)})
    among = min(seconds() for _ in range(5))
    assert among < alone * 10, f"{alone:.5f} s alone, {among:.5f} s among 5,000 partitions"


@probe
def kinesis_stream_has_its_tags() -> None:
    make_stream(Tags={"a": "b"})
    assert aws("kinesis").list_tags_for_stream(StreamName="s")["Tags"] == [{"Key": "a", "Value": "b"}]


@probe
def kinesis_puts_do_not_slow_down() -> None:
    from moto.kinesis.models import Shard

    def seconds(records: int) -> float:
        shard = Shard(0, 0, 1)
        shard.records.update(dict.fromkeys(range(1, records + 1)))
        began = time.perf_counter()
        for _ in range(300):
            shard.put_record("k", "", "")
        return time.perf_counter() - began

    empty, full = (min(seconds(records) for _ in range(3)) for records in (0, 20_000))
    assert full < empty * 10, f"{empty:.4f} s in an empty shard, {full:.4f} s in a full one"


@probe
def kinesis_takes_large_records_where_allowed() -> None:
    kinesis, arn = aws("kinesis"), make_stream()
    kinesis.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=4096)
    kinesis.put_record(StreamName="s", PartitionKey="a", Data=b"x" * (2 << 20))


@probe
def kinesis_put_does_not_invoke() -> None:
    from moto.awslambda.models import LambdaFunction

    make_mapping(make_function())
    calls: list[Any] = []
    original = LambdaFunction._invoke_lambda
    LambdaFunction._invoke_lambda = lambda self, event=None: calls.append(event) or ("", False, "")  # type: ignore
    try:
        aws("kinesis").put_record(StreamName="s", PartitionKey="a", Data=b"x")
    finally:
        LambdaFunction._invoke_lambda = original  # type: ignore[method-assign]
    assert not calls


@probe
def kms_rotation_period_is_kept() -> None:
    kms = aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180


@probe
def lambda_keeps_dead_letter_logging_and_snap_start() -> None:
    logging = {"LogFormat": "JSON", "LogGroup": "/g", "SystemLogLevel": "WARN", "ApplicationLogLevel": "INFO"}
    target = f"arn:aws:sqs:{REGION}:123456789012:q"
    snap_start = {"ApplyOn": "PublishedVersions"}
    client = make_function(LoggingConfig=logging, DeadLetterConfig={"TargetArn": target}, SnapStart=snap_start)
    found = client.get_function_configuration(FunctionName="f")
    assert found["LoggingConfig"] == logging
    assert found["DeadLetterConfig"] == {"TargetArn": target}
    assert found["SnapStart"]["ApplyOn"] == "PublishedVersions"


@probe
def lambda_updates_tracing_key_and_storage() -> None:
    client = make_function()
    key = f"arn:aws:kms:{REGION}:123456789012:key/k"
    updates: dict[str, Any] = {"TracingConfig": {"Mode": "Active"}, "EphemeralStorage": {"Size": 1024}}
    client.update_function_configuration(FunctionName="f", KMSKeyArn=key, **updates)
    found = client.get_function_configuration(FunctionName="f")
    assert {name: found[name] for name in updates} == updates
    assert found["KMSKeyArn"] == key


@probe
def lambda_mapping_keeps_its_alias() -> None:
    assert make_mapping(make_function())["FunctionArn"].endswith(":f:live")


@probe
def lambda_mapping_has_its_defaults() -> None:
    found = make_mapping(make_function())
    assert (found["MaximumRetryAttempts"], found["ParallelizationFactor"]) == (-1, 1)


@probe
def lambda_event_invoke_config_is_replaced() -> None:
    client = make_function()
    for attempts in (2, 0):
        client.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=attempts)
    assert client.get_function_event_invoke_config(FunctionName="f")["MaximumRetryAttempts"] == 0


@probe
def lambda_provisioned_concurrency_is_kept() -> None:
    client = make_function()
    key = {"FunctionName": "f", "Qualifier": "live"}
    client.put_provisioned_concurrency_config(**key, ProvisionedConcurrentExecutions=2)
    found = client.get_provisioned_concurrency_config(**key)
    assert (found["Status"], found["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 2)
    client.delete_provisioned_concurrency_config(**key)
    with contextlib.suppress(client.exceptions.ProvisionedConcurrencyConfigNotFoundException):
        client.get_provisioned_concurrency_config(**key)
        raise AssertionError("still there")


@probe
def log_group_has_its_class() -> None:
    logs = aws("logs")
    logs.create_log_group(logGroupName="/g", logGroupClass="INFREQUENT_ACCESS")
    assert logs.describe_log_groups()["logGroups"][0].get("logGroupClass") == "INFREQUENT_ACCESS"


@probe
def s3_tls_only_policy_lets_tls_in() -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="bucket")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::bucket/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="bucket", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")


@probe
def s3_logs_may_go_where_a_pattern_lets_them() -> None:
    s3 = aws("s3")
    for name in ("bucket", "log-target"):
        s3.create_bucket(Bucket=name)
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": ["arn:aws:s3:::log-target/b/*"],
    }
    s3.put_bucket_policy(Bucket="log-target", Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    target = {"TargetBucket": "log-target", "TargetPrefix": "b/raw/"}
    s3.put_bucket_logging(Bucket="bucket", BucketLoggingStatus={"LoggingEnabled": target})


@probe
def s3_event_bridge_notification_is_read() -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"EventBridgeConfiguration": {}}, SkipDestinationValidation=True
    )
    assert "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket="bucket")


@probe
def sqs_receiving_counts_no_other_messages() -> None:
    from moto.sqs.models import Queue

    url = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    aws("sqs").send_message(QueueUrl=url, MessageBody="m")
    original, looks = Queue.approximate_number_of_messages, []
    Queue.approximate_number_of_messages = property(lambda self: looks.append(self) or 1)  # type: ignore
    try:
        assert aws("sqs").receive_message(QueueUrl=url)["Messages"]
    finally:
        Queue.approximate_number_of_messages = original  # type: ignore[method-assign]
    assert not looks, "all messages are counted for each that is received"


@probe
def sqs_attributes_are_kept_as_given() -> None:
    sqs = aws("sqs")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    dead = sqs.create_queue(QueueName="dead", Attributes={"Policy": policy})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = json.dumps({"redrivePermission": "allowAll"})
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"RedriveAllowPolicy": allow})
    found = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
    assert found["RedriveAllowPolicy"] == allow
    assert "Policy" in found
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3}, separators=(",", ":"))
    work = sqs.create_queue(QueueName="work", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    assert sqs.get_queue_attributes(QueueUrl=work, AttributeNames=["All"])["Attributes"]["RedrivePolicy"] == redrive


DEFINITION = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})


@probe
def stepfunctions_definition_is_validated() -> None:
    assert aws("stepfunctions").validate_state_machine_definition(definition=DEFINITION)["result"] == "OK"


@probe
def stepfunctions_versions_are_listed() -> None:
    states = aws("stepfunctions")
    arn = states.create_state_machine(name="m", definition=DEFINITION, roleArn=make_role())["stateMachineArn"]
    assert states.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"] == []


@probe
def stepfunctions_execution_without_a_name_gets_one() -> None:
    from moto.core.config import default_user_config

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    states = aws("stepfunctions")
    arn = states.create_state_machine(name="m", definition=DEFINITION, roleArn=make_role())["stateMachineArn"]
    assert not states.start_execution(stateMachineArn=arn)["executionArn"].endswith(":None")


@probe
def stepfunctions_tells_event_bridge() -> None:
    from moto.core.config import default_user_config

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    states, events, logs = aws("stepfunctions"), aws("events"), aws("logs")
    logs.create_log_group(logGroupName="/g")
    events.put_rule(Name="ended", EventPattern=json.dumps({"source": ["aws.states"]}))
    group = f"arn:aws:logs:{REGION}:123456789012:log-group:/g"
    events.put_targets(Rule="ended", Targets=[{"Id": "a", "Arn": group}])
    arn = states.create_state_machine(name="m", definition=DEFINITION, roleArn=make_role())["stateMachineArn"]
    states.start_execution(stateMachineArn=arn, name="n")
    time.sleep(0.5)
    assert len(logs.describe_log_streams(logGroupName="/g")["logStreams"]) == 2


@probe
def stepfunctions_executions_are_counted() -> None:
    from moto.core.config import default_user_config

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    states = aws("stepfunctions")
    arn = states.create_state_machine(name="m", definition=DEFINITION, roleArn=make_role())["stateMachineArn"]
    states.start_execution(stateMachineArn=arn, name="n")
    time.sleep(0.5)
    (metric,) = aws("cloudwatch").list_metrics(Namespace="AWS/States")["Metrics"]
    assert metric["MetricName"] == "ExecutionsSucceeded"


WAITING = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 30, "End": True}}}
MAP = {"Type": "Map", "ItemsPath": "$", "ItemProcessor": WAITING, "End": True}


@probe
def stepfunctions_stopped_inside_a_map_is_aborted() -> None:
    from moto.core.config import default_user_config

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    states = aws("stepfunctions")
    definition = json.dumps({"StartAt": "M", "States": {"M": MAP}})
    arn = states.create_state_machine(name="m", definition=definition, roleArn=make_role())["stateMachineArn"]
    run = states.start_execution(stateMachineArn=arn, name="n", input="[1]")["executionArn"]
    time.sleep(0.5)
    states.stop_execution(executionArn=run)
    time.sleep(0.5)
    assert states.describe_execution(executionArn=run)["status"] == "ABORTED"


@probe
def stepfunctions_stop_keeps_its_reason() -> None:
    from moto.core.config import default_user_config

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    states = aws("stepfunctions")
    wait = {"Type": "Wait", "Seconds": 30, "End": True}
    definition = json.dumps({"StartAt": "W", "States": {"W": wait}})
    machine = states.create_state_machine(name="m", definition=definition, roleArn=make_role())["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine, name="n")["executionArn"]
    states.stop_execution(executionArn=execution, error="Stopped", cause="by hand")
    found = states.describe_execution(executionArn=execution)
    assert (found["error"], found["cause"]) == ("Stopped", "by hand")


def main() -> None:
    if "--corrected" in sys.argv:
        from local_aws import moto_patches

        moto_patches.apply()
        # Each probe begins with empty backends: AWS's own policies would be read for each.
        os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "false"
        moto_patches.apply_to_stepfunctions()
    results: dict[str, str | None] = {}
    for name, check in PROBES.items():
        try:
            with mock_aws():
                check()
            results[name] = None
        except Exception as error:
            results[name] = f"{type(error).__name__}: {error}"[:300]
    print(json.dumps(results))


if __name__ == "__main__":
    main()
