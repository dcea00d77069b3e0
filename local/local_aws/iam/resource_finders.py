"""The resources that a call is about, found in its parameters: as ARNs, or as pairs of another action and its resource.

Source: Service Authorization Reference, "Actions, resources, and condition keys" of each service.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from moto.athena.models import athena_backends
from moto.core.utils import get_service_model
from moto.kms.models import kms_backends

from local_aws.iam.api_calls import Call
from local_aws.iam.personalize_resources import of_personalize, of_runtime

ActionOnResource = tuple[str, str]
"""An action, and the ARN of the resource; `*` for an action without a resource."""

# The first part of a service's actions and ARNs, where it differs from botocore's name.
PREFIXES = {
    "apigatewayv2": "apigateway",
    "cloudcontrol": "cloudformation",
    "personalize-events": "personalize",
    "personalize-runtime": "personalize",
    "stepfunctions": "states",
}

# Parameters that name the resource; the first one given counts. `{}` stands for a name; an ARN is used as it is.
_NAMED: dict[str, tuple[tuple[str, str], ...]] = {
    "firehose": (("DeliveryStreamName", "deliverystream/{}"),),
    "logs": (("logGroupName", "log-group:{}"), ("logGroupIdentifier", "log-group:{}"), ("resourceArn", "{}")),
    "sns": (("TopicArn", "{}"), ("TargetArn", "{}"), ("ResourceArn", "{}"), ("Name", "{}")),
    "sqs": (("QueueName", "{}"),),
    "stepfunctions": (
        ("stateMachineArn", "{}"),
        ("executionArn", "{}"),
        ("resourceArn", "{}"),
        ("name", "stateMachine:{}"),
    ),
}


def find_resources(call: Call) -> list[str | ActionOnResource]:
    """Return the resources of a call; none if they are unknown."""
    finder = _FINDERS.get(call.service)
    return list(finder(call)) if finder else _by_name(call)


def _by_name(call: Call) -> list[str | ActionOnResource]:
    given = [
        (template, call.parameters[name]) for name, template in _NAMED.get(call.service, ()) if name in call.parameters
    ]
    return [_arn(call, template, value) for template, value in given[:1]]


def _arn(call: Call, template: str, value: str) -> str:
    if value.startswith("arn:"):
        return value
    return call.arn(template.format(value), PREFIXES.get(call.service))


def _numbered(call: Call, name: str) -> Iterator[str]:
    """Yield the members of a list, in JSON or in the query protocol."""
    yield from call.parameters.get(name, ())
    yield from (value for key, value in call.parameters.items() if key.startswith(f"{name}.member."))


def _of_apigateway(call: Call) -> Iterator[str | ActionOnResource]:
    """Yield the path of a request: actions of API Gateway are HTTP methods on paths."""
    http = get_service_model(call.service).operation_model(call.operation).http
    path = re.sub(r"\{(\w+)\}", lambda part: _path_part(call, part[1]), str(http["requestUri"])).removeprefix("/v2")
    yield f"arn:aws:apigateway:{call.region}::{unquote(path)}"


def _path_part(call: Call, name: str) -> str:
    parameters = {key.lower(): value for key, value in call.parameters.items()}
    return str(parameters.get(name.replace("-", "").lower(), ""))


def _of_athena(call: Call) -> Iterator[str | ActionOnResource]:
    name = call.parameters.get("WorkGroup")
    if call.operation == "CreateWorkGroup":
        name = call.parameters.get("Name")
    elif query := call.parameters.get("NamedQueryId"):
        found = athena_backends[call.account][call.region].named_queries.get(query)
        name = getattr(getattr(found, "workgroup", None), "name", "primary")
    elif execution := call.parameters.get("QueryExecutionId"):
        known = athena_backends[call.account][call.region].executions.get(execution)
        name = getattr(getattr(known, "workgroup", None), "name", "primary")
    elif call.operation == "ListTagsForResource" or "Tag" in call.operation:
        yield str(call.parameters.get("ResourceARN"))
        return
    if name:
        yield call.arn(f"workgroup/{name}")


def _of_budgets(call: Call) -> Iterator[str | ActionOnResource]:
    budget = call.parameters.get("BudgetName") or (call.parameters.get("Budget") or {}).get("BudgetName")
    if arn := call.parameters.get("ResourceARN"):
        yield arn
    elif budget:
        yield f"arn:aws:budgets::{call.account}:budget/{budget}"


def _of_cloudwatch(call: Call) -> Iterator[str | ActionOnResource]:
    if arn := call.parameters.get("ResourceARN"):
        yield arn
    alarms = [name for name in (call.parameters.get("AlarmName"), *_numbered(call, "AlarmNames")) if name]
    if call.operation == "DescribeAlarms" and not alarms:
        alarms = ["*"]  # which will be found is not known, so the right must be for all
    yield from (call.arn(f"alarm:{name}") for name in alarms)
    for name in [call.parameters.get("DashboardName"), *_numbered(call, "DashboardNames")]:
        if name:
            yield f"arn:aws:cloudwatch::{call.account}:dashboard/{name}"


def _of_dynamodb(call: Call) -> Iterator[str | ActionOnResource]:
    index = call.parameters.get("IndexName")
    given = call.parameters
    for name in [given.get("TableName"), given.get("ResourceArn"), *given.get("RequestItems", ())]:
        if name:
            table = name if name.startswith("arn:") else call.arn(f"table/{name}")
            yield f"{table}/index/{index}" if index else table


def _of_events(call: Call) -> Iterator[str | ActionOnResource]:
    """Yield the rule, or each bus of the events."""
    given = call.parameters
    buses = [entry.get("EventBusName") or "default" for entry in given.get("Entries", ())]
    yield from (_arn(call, "event-bus/{}", bus) for bus in dict.fromkeys(buses))
    if arn := given.get("ResourceARN"):
        yield arn
    if rule := given.get("Rule") or given.get("Name"):
        bus = str(given.get("EventBusName") or "default").rsplit("/", 1)[-1]
        yield call.arn(f"rule/{rule}" if bus == "default" else f"rule/{bus}/{rule}")


def _of_glue(call: Call) -> Iterator[str | ActionOnResource]:
    """Yield the catalog, the database, and the table: an action needs all that contain its resource."""
    if arn := call.parameters.get("ResourceArn"):
        yield arn
        return
    holder = call.parameters.get("DatabaseInput") or {}
    database = call.parameters.get("DatabaseName") or call.parameters.get("Name") or holder.get("Name")
    if not database:
        return
    yield call.arn("catalog")
    yield call.arn(f"database/{database}")
    if "Table" in call.operation or "Partition" in call.operation:
        table = (call.parameters.get("TableInput") or {}).get("Name") or call.parameters.get("TableName")
        yield call.arn(f"table/{database}/{table or call.parameters.get('Name')}")
    elif call.operation == "DeleteDatabase":
        yield call.arn(f"table/{database}/*")
        yield call.arn(f"userDefinedFunction/{database}/*")


def _of_iam(call: Call) -> Iterator[str | ActionOnResource]:
    for name, kind in (("RoleName", "role"), ("UserName", "user"), ("InstanceProfileName", "instance-profile")):
        if name in call.parameters:
            yield f"arn:aws:iam::{call.account}:{kind}/{call.parameters[name]}"
    if arn := call.parameters.get("PolicyArn"):
        yield arn
    elif "PolicyName" in call.parameters and call.operation == "CreatePolicy":
        yield f"arn:aws:iam::{call.account}:policy/{call.parameters['PolicyName']}"


def _of_kinesis(call: Call) -> Iterator[str | ActionOnResource]:
    if arn := call.parameters.get("StreamARN") or call.parameters.get("ResourceARN"):
        yield arn
    elif name := call.parameters.get("StreamName"):
        yield call.arn(f"stream/{name}")
    if key := call.parameters.get("KeyId"):
        yield _key(call, key)


def _of_kms(call: Call) -> Iterator[str | ActionOnResource]:
    """Yield the key, and the alias that an action is about; SAR: both are required."""
    alias = str(call.parameters.get("AliasName", ""))
    if alias:
        yield call.arn(alias)
    if key := call.parameters.get("TargetKeyId") or call.parameters.get("KeyId") or alias:
        yield _key(call, str(key))


def _key(call: Call, name: str) -> str:
    """Return the ARN of a key that is given by id, ARN or alias."""
    backend = kms_backends[call.account][call.region]
    key = name if ":alias/" not in name and not name.startswith("alias/") else backend.get_key_id_from_alias(name)
    return call.arn(f"key/{str(key).rsplit('/', 1)[-1]}", "kms")


def _of_lambda(call: Call) -> Iterator[str | ActionOnResource]:
    given = call.parameters
    if name := given.get("FunctionName"):
        plain = name.split(":function:")[-1]
        qualifier = given.get("Qualifier")
        yield call.arn(f"function:{plain}" + (f":{qualifier}" if qualifier and ":" not in plain else ""))
        code = given.get("Code") or given
        if bucket := code.get("S3Bucket"):
            # Lambda reads the package with the rights of the caller.
            action = "s3:GetObjectVersion" if code.get("S3ObjectVersion") else "s3:GetObject"
            yield action, f"arn:aws:s3:::{bucket}/{code.get('S3Key')}"
    elif mapping := given.get("UUID"):
        yield call.arn(f"event-source-mapping:{mapping}")
    elif arn := given.get("Resource"):
        yield unquote(arn)


def _of_logs(call: Call) -> Iterator[str | ActionOnResource]:
    stream = call.parameters.get("logStreamName")
    for group in _by_name(call):
        yield f"{str(group).removesuffix(':*')}:log-stream:{stream}" if stream else group


def _of_s3(call: Call) -> Iterator[str | ActionOnResource]:
    bucket, key = call.parameters.get("Bucket"), call.parameters.get("Key")
    if call.operation == "DeleteObjects":
        for name, version in _deleted(call.parameters["body"]):
            action = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
            yield action, f"arn:aws:s3:::{bucket}/{name}"
    elif bucket:
        yield f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
    if source := call.headers.get("x-amz-copy-source"):
        yield "s3:GetObject", f"arn:aws:s3:::{source.lstrip('/').partition('?')[0]}"
    if call.headers.get("x-amz-tagging"):
        yield "s3:PutObjectTagging", f"arn:aws:s3:::{bucket}/{key}"


def _deleted(body: bytes) -> Iterator[tuple[str, bool]]:
    """Yield key and whether a version is named, of each object in a request to delete several."""
    for one in ElementTree.fromstring(body):
        parts = {part.tag.rpartition("}")[2]: part.text or "" for part in one}
        if "Key" in parts:
            yield parts["Key"], "VersionId" in parts


def _of_scheduler(call: Call) -> Iterator[str | ActionOnResource]:
    if arn := call.parameters.get("ResourceArn"):
        yield unquote(arn)
    elif name := call.parameters.get("Name"):
        group = call.parameters.get("GroupName") or call.parameters.get("groupName") or "default"
        yield call.arn(f"schedule/{group}/{name}")


def _of_sqs(call: Call) -> Iterator[str | ActionOnResource]:
    if url := call.parameters.get("QueueUrl"):
        account, name = url.rstrip("/").rsplit("/", 2)[-2:]
        yield f"arn:aws:sqs:{call.region}:{account}:{name}"
    else:
        yield from _by_name(call)


def _of_ssm(call: Call) -> Iterator[str | ActionOnResource]:
    given = call.parameters
    for name in [given.get("Name"), given.get("Path"), given.get("ResourceId"), *given.get("Names", ())]:
        if name:
            yield name if name.startswith("arn:") else call.arn(f"parameter/{name.lstrip('/')}")


_FINDERS: dict[str, Callable[[Call], Iterator[Any]]] = {
    "apigatewayv2": _of_apigateway,
    "athena": _of_athena,
    "budgets": _of_budgets,
    "cloudwatch": _of_cloudwatch,
    "dynamodb": _of_dynamodb,
    "events": _of_events,
    "glue": _of_glue,
    "iam": _of_iam,
    "kinesis": _of_kinesis,
    "kms": _of_kms,
    "lambda": _of_lambda,
    "logs": _of_logs,
    "personalize": of_personalize,
    "personalize-events": of_personalize,
    "personalize-runtime": of_runtime,
    "s3": _of_s3,
    "scheduler": _of_scheduler,
    "sqs": _of_sqs,
    "ssm": _of_ssm,
}
