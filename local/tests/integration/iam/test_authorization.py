"""Roles, their policies, policies of resources and keys, and trust, on a running local AWS."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws.testing.roles import make_role, policy, statement
from local_aws.testing.server import LocalAws, unique_name

Eventually = Callable[..., Any]
ACCOUNT = "123456789012"
PRESIGNING = Config(signature_version="s3v4", s3={"addressing_style": "path"})
# Calls what it is told to, and answers with the result or the error's code and message.
CALLER = """
import boto3, botocore

def handler(event, context):
    client = boto3.client(event["service"], config=botocore.config.Config(retries={"total_max_attempts": 1}))
    try:
        getattr(client, event["call"])(**event["with"])
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]
"""


def caller(aws: LocalAws, *statements: dict[str, Any]) -> tuple[Callable[..., Any], str]:
    """A function that calls with a role of these statements, and the role's name."""
    role = make_role(aws.client("iam"), unique_name("role"), ["lambda"], *statements)
    name = aws.create_function(CALLER, Role=role)

    def call(service: str, operation: str, **parameters: Any) -> Any:
        return aws.invoke(name, {"service": service, "call": operation, "with": parameters})[0]

    return call, role.rsplit("/", 1)[1]


def session_of(aws: LocalAws, role: str) -> boto3.session.Session:
    """A session with a role that somebody took by calling STS."""
    keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    names = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey"}
    given = {name: keys[key] for name, key in names.items()} | {"aws_session_token": keys["SessionToken"]}
    return boto3.session.Session(region_name="us-east-1", **given)


def told(aws: LocalAws, role: str) -> dict[str, Any]:
    """What the local AWS tells of a role."""
    (found,) = [one for one in aws.administer("access")["roles"] if one["role"].endswith(f"/{role}")]
    return found


def test_a_function_may_what_its_role_may_and_all_is_written_down(aws: LocalAws) -> None:
    url, arn = aws.create_queue()
    call, role = caller(aws, statement("sqs:SendMessage", Resource=arn, Sid="Send"))
    assert call("sqs", "send_message", QueueUrl=url, MessageBody="1") is None
    refused = call("sqs", "receive_message", QueueUrl=url)
    assert refused["Code"] == "AccessDenied"
    assert f"assumed-role/{role}/" in refused["Message"]
    assert f"is not authorized to perform: sqs:ReceiveMessage on resource: {arn} because no" in refused["Message"]
    assert call("sts", "get_caller_identity") is None
    found = told(aws, role)
    (granted,) = found["grants"]
    assert (granted["sid"], granted["action"], granted["resource"], granted["used"]) == (
        *("Send", "sqs:SendMessage", arn),
        1,
    )
    assert ("sqs:ReceiveMessage", 1) in {(one["action"], one["times"]) for one in found["denied"]}
    assert aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])[
        "Attributes"
    ] == {"ApproximateNumberOfMessages": "1"}
    aws.administer("access", "DELETE")
    (granted,) = told(aws, role)["grants"]
    assert granted["used"] == 0


def test_a_log_that_the_role_may_not_write_is_lost_and_the_metrics_in_it(aws: LocalAws, eventually: Eventually) -> None:
    code = "def handler(event, context):\n    print('said')\n"

    def written(*statements: dict[str, Any]) -> tuple[str, str]:
        role = make_role(aws.client("iam"), unique_name("role"), ["lambda"], *statements)
        function = aws.create_function(code, Role=role)
        aws.invoke(function)
        return role.rsplit("/", 1)[1], f"/aws/lambda/{function}"

    role, group = written()
    eventually(lambda: told(aws, role)["denied"])
    assert aws.log_lines(group) == []
    _, group = written(statement("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", Resource="*"))
    assert "said" in eventually(lambda: aws.log_lines(group))


def test_attached_policies_count_and_a_boundary_limits_them(aws: LocalAws, eventually: Eventually) -> None:
    iam, (url, arn) = aws.client("iam"), aws.create_queue()
    call, role = caller(aws, statement("sts:GetCallerIdentity", Resource="*"))
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    own = iam.create_policy(PolicyName=unique_name("p"), PolicyDocument=policy(statement("sqs:*", Resource=arn)))
    iam.attach_role_policy(RoleName=role, PolicyArn=own["Policy"]["Arn"])
    assert call("sqs", "send_message", QueueUrl=url, MessageBody="1") is None
    used = {one["action"] for one in eventually(lambda: told(aws, role)["grants"]) if one["used"]}
    assert "sqs:*" in used
    limit = iam.create_policy(PolicyName=unique_name("p"), PolicyDocument=policy(statement("logs:*", Resource="*")))
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=limit["Policy"]["Arn"])
    assert "no permissions boundary allows" in call("sqs", "send_message", QueueUrl=url, MessageBody="2")["Message"]


def test_who_takes_a_role_by_sts_has_its_rights_and_no_others(aws: LocalAws) -> None:
    role = make_role(aws.client("iam"), unique_name("role"), ["lambda"], statement("sqs:ListQueues", Resource="*"))
    once, session = Config(retries={"total_max_attempts": 1}), session_of(aws, role)
    session.client("sqs", endpoint_url=aws.endpoint).list_queues()
    with pytest.raises(ClientError, match="dynamodb:DescribeTable on resource: arn:aws:dynamodb"):
        session.client("dynamodb", endpoint_url=aws.endpoint).describe_table(TableName="t")
    with pytest.raises(ClientError, match="the resource of ecs DescribeClusters is unknown"):
        session.client("ecs", endpoint_url=aws.endpoint, config=once).describe_clusters(clusters=["c"])


def test_a_presigned_url_may_what_its_signer_may(aws: LocalAws) -> None:
    bucket = unique_name("bucket")
    aws.client("s3").create_bucket(Bucket=bucket)
    aws.client("s3").put_object(Bucket=bucket, Key="k", Body=b"1")
    for action, status in (("s3:GetObject", 200), ("s3:PutObject", 403)):
        allowed = statement(action, Resource=f"arn:aws:s3:::{bucket}/*")
        role = make_role(aws.client("iam"), unique_name("role"), ["lambda"], allowed)
        s3 = session_of(aws, role).client("s3", endpoint_url=aws.endpoint, config=PRESIGNING)
        url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
        assert requests.get(url, timeout=10).status_code == status


def test_only_who_may_list_a_bucket_is_told_that_something_is_not_in_it(aws: LocalAws) -> None:
    bucket = unique_name("bucket")
    aws.client("s3").create_bucket(Bucket=bucket)
    reading = statement("s3:GetObject", Resource=f"arn:aws:s3:::{bucket}/*")
    call, _ = caller(aws, reading)
    refused = call("s3", "get_object", Bucket=bucket, Key="absent")
    assert refused["Code"] == "AccessDenied"
    assert f"s3:ListBucket on resource: arn:aws:s3:::{bucket} " in refused["Message"]
    call, _ = caller(aws, reading, statement("s3:ListBucket", Resource=f"arn:aws:s3:::{bucket}"))
    assert call("s3", "get_object", Bucket=bucket, Key="absent")["Code"] == "NoSuchKey"


def test_an_encrypted_thing_asks_for_its_key_with_the_service_and_its_context(aws: LocalAws) -> None:
    s3, bucket = aws.client("s3"), unique_name("bucket")
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket=bucket)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    objects = statement("s3:GetObject", "s3:PutObject", Resource=f"arn:aws:s3:::{bucket}/*")

    def with_key(action: str, **condition: str) -> dict[str, Any]:
        return statement(action, Resource=key, Condition={"StringEquals": condition})

    via_s3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
    call, _ = caller(aws, objects)
    assert "kms:Decrypt" in call("s3", "get_object", Bucket=bucket, Key="k")["Message"]
    assert "kms:GenerateDataKey" in call("s3", "put_object", Bucket=bucket, Key="k", Body="2")["Message"]
    call, _ = caller(aws, objects, with_key("kms:Decrypt", **via_s3))
    assert call("s3", "get_object", Bucket=bucket, Key="k") is None
    assert "kms:GenerateDataKey" in call("s3", "put_object", Bucket=bucket, Key="k", Body="2")["Message"]
    call, _ = caller(aws, objects, with_key("kms:Decrypt", **{"kms:ViaService": "sqs.us-east-1.amazonaws.com"}))
    assert call("s3", "get_object", Bucket=bucket, Key="k")["Code"] == "AccessDenied"
    context = {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}/k"}
    call, _ = caller(aws, objects, with_key("kms:Decrypt", **context))
    assert call("s3", "get_object", Bucket=bucket, Key="k") is None
    # The key's own policy has the last word.
    nobody = statement("kms:*", Resource="*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/nobody"})
    aws.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy(nobody))
    assert "no resource-based policy allows" in call("s3", "get_object", Bucket=bucket, Key="k")["Message"]


def test_a_function_starts_only_if_its_role_may_decrypt_its_environment(aws: LocalAws) -> None:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    role = make_role(aws.client("iam"), unique_name("role"), ["lambda"])
    settings = {"Role": role, "KMSKeyArn": key, "Environment": {"Variables": {"A": "1"}}}
    function = aws.create_function("def handler(event, context):\n    return 1\n", **settings)
    with pytest.raises(ClientError, match="kms:Decrypt on resource") as refused:
        aws.invoke(function)
    assert refused.value.response["Error"]["Code"] == "KMSAccessDeniedException"
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{function}"
    own = {"StringEquals": {"kms:EncryptionContext:aws:lambda:FunctionArn": arn}}
    decrypt = policy(statement("kms:Decrypt", Resource=key, Condition=own))
    aws.client("iam").put_role_policy(RoleName=role.rsplit("/", 1)[1], PolicyName="calls", PolicyDocument=decrypt)
    assert aws.invoke(function)[0] == 1


def test_a_role_is_taken_only_by_whom_it_trusts(aws: LocalAws) -> None:
    role = make_role(aws.client("iam"), unique_name("role"), ["events"])
    with pytest.raises(ClientError, match="cannot be assumed by Lambda") as refused:
        aws.create_function(CALLER, Role=role)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"
    trust = statement("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    of_another = trust | {"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}}
    iam, name = aws.client("iam"), role.rsplit("/", 1)[1]
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=policy(of_another))
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        aws.create_function(CALLER, Role=role)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=policy(trust))
    function = aws.create_function("def handler(event, context):\n    return 1\n", Role=role)
    assert aws.invoke(function)[0] == 1
    # Whoever is trusted no more is refused from then on.
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=policy(of_another))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        aws.invoke(function)


def test_a_mapping_reads_the_stream_as_the_functions_role(
    aws: LocalAws, eventually: Eventually, consumer_code: str
) -> None:
    (url, arn), (stream, stream_arn) = aws.create_queue(), aws.create_stream()
    sending = statement("sqs:SendMessage", Resource=arn)
    role = make_role(aws.client("iam"), unique_name("role"), ["lambda"], sending)
    function = aws.create_function(consumer_code, Role=role, Environment={"Variables": {"QUEUE": url}})
    aws.client("lambda").create_event_source_mapping(
        EventSourceArn=stream_arn, FunctionName=function, StartingPosition="TRIM_HORIZON"
    )
    aws.put_records(stream, "a")
    name = role.rsplit("/", 1)[1]
    eventually(lambda: "kinesis:DescribeStream" in {one["action"] for one in told(aws, name)["denied"]})
    assert aws.receive_messages(url) == []
    reading = statement("kinesis:Describe*", "kinesis:Get*", "kinesis:ListShards", Resource=stream_arn)
    aws.client("iam").put_role_policy(RoleName=name, PolicyName="calls", PolicyDocument=policy(sending, reading))
    assert eventually(lambda: aws.receive_messages(url))[0]["Body"] == ["a"]


def test_a_rule_reaches_only_a_queue_that_lets_it_in(aws: LocalAws, eventually: Eventually) -> None:
    events, rule = aws.client("events"), unique_name("rule")
    rule_arn = events.put_rule(Name=rule, EventPattern=json.dumps({"source": [rule]}))["RuleArn"]
    urls = {}
    for name, source in (("open", rule_arn), ("shut", rule_arn[:-1])):
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{rule}-{name}"
        allowed = statement("sqs:SendMessage", Principal={"Service": "events.amazonaws.com"}, Resource=arn)
        allowed["Condition"] = {"ArnEquals": {"aws:SourceArn": source}}
        attributes = {"Policy": policy(allowed)}
        urls[name] = aws.client("sqs").create_queue(QueueName=f"{rule}-{name}", Attributes=attributes)["QueueUrl"]
        retry = {"RetryPolicy": {"MaximumRetryAttempts": 0}}
        events.put_targets(Rule=rule, Targets=[{"Id": name, "Arn": arn, "DeadLetterConfig": {"Arn": arn}, **retry}])
    events.put_events(Entries=[{"Source": rule, "DetailType": "t", "Detail": "{}"}])
    eventually(lambda: aws.receive_messages(urls["open"]))
    assert aws.receive_messages(urls["shut"]) == []


def test_a_log_group_is_encrypted_only_with_a_key_that_lets_logs_in(aws: LocalAws) -> None:
    aws.create_role()
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError, match="not allowed to be used with Arn"):
        aws.client("logs").create_log_group(logGroupName=unique_name("group"), kmsKeyId=key)


def test_what_a_policy_says_and_nobody_evaluates_is_told(aws: LocalAws) -> None:
    url, arn = aws.create_queue()
    from_home = {"IpAddress": {"aws:SourceIp": "127.0.0.1/32"}}
    call, _ = caller(aws, statement("sqs:SendMessage", Resource=arn, Condition=from_home))
    refused = call("sqs", "send_message", QueueUrl=url, MessageBody="1")
    assert refused["Code"] == "NotImplemented"
    assert "IpAddress" in refused["Message"]
