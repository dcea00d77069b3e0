"""The permissions that a call needs: IAM actions on resources. An unknown operation is an error that names it.

Source: Service Authorization Reference, "Actions, resources, and condition keys" of each service.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

from local_aws.iam.api_calls import Call, UnknownOperationError

ActionOnResource = tuple[str, str]
"""An action, and the ARN of the resource; `*` for an action without a resource."""

_PREFIXES = {"stepfunctions": "states", "personalize-runtime": "personalize", "personalize-events": "personalize"}
_ANY = "*"

# Operations whose IAM action has another name.
_ACTIONS = {
    "lambda": {"Invoke": "InvokeFunction"},
    "s3": {
        "CompleteMultipartUpload": "PutObject",
        "CopyObject": "PutObject",
        "CreateMultipartUpload": "PutObject",
        "DeleteObjects": "DeleteObject",
        "HeadBucket": "ListBucket",
        "HeadObject": "GetObject",
        "ListBuckets": "ListAllMyBuckets",
        "ListMultipartUploads": "ListBucketMultipartUploads",
        "ListObjectVersions": "ListBucketVersions",
        "ListObjects": "ListBucket",
        "ListObjectsV2": "ListBucket",
        "ListParts": "ListMultipartUploadParts",
        "UploadPart": "PutObject",
        "UploadPartCopy": "PutObject",
    },
    "sns": {"PublishBatch": "Publish"},
    "sqs": {
        "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
        "DeleteMessageBatch": "DeleteMessage",
        "SendMessageBatch": "SendMessage",
    },
}

# Parameters that name the resource; the first one given counts. `{}` stands for a name; an ARN is used as it is.
_NAMED: dict[str, tuple[tuple[str, str], ...]] = {
    "athena": (("WorkGroup", "workgroup/{}"),),
    "events": (("EventBusName", "event-bus/{}"),),
    "firehose": (("DeliveryStreamName", "deliverystream/{}"),),
    "kinesis": (("StreamARN", "{}"), ("StreamName", "stream/{}")),
    "kms": (("KeyId", "key/{}"), ("TargetKeyId", "key/{}")),
    "logs": (("logGroupName", "log-group:{}"), ("logGroupIdentifier", "log-group:{}"), ("resourceArn", "{}")),
    "sns": (("TopicArn", "{}"), ("TargetArn", "{}"), ("ResourceArn", "{}"), ("Name", "{}")),
    "sqs": (("QueueName", "{}"),),
    "stepfunctions": (("stateMachineArn", "{}"), ("executionArn", "{}")),
}

# Operations whose action supports no resource: a policy must say `*`.
_UNSCOPED = {
    "athena": {"ListWorkGroups", "ListDataCatalogs"},
    "cloudwatch": {"GetMetricData", "GetMetricStatistics", "ListMetrics", "PutMetricData"},
    "kinesis": {"ListStreams"},
    "kms": {"CreateKey", "ListAliases", "ListKeys"},
    "lambda": {"ListFunctions", "ListEventSourceMappings"},
    "personalize-events": {"PutActionInteractions", "PutEvents"},
    "s3": {"ListBuckets"},
    "sns": {"ListSubscriptions", "ListTopics", "Unsubscribe"},
    "sqs": {"ListQueues"},
    "ssm": {"DescribeParameters"},
    "sts": {"GetCallerIdentity"},
    "xray": {"GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments"},
}

# GetCallerIdentity needs no permission: STS answers it even if a policy denies it.
_UNRESTRICTED = {("sts", "GetCallerIdentity")}


def required_permissions(call: Call) -> list[ActionOnResource]:
    """Return the permissions that a call needs.

    Raises:
        UnknownOperationError: the resource of the operation is unknown.
    """
    if (call.service, call.operation) in _UNRESTRICTED:
        return []
    action = _ACTIONS.get(call.service, {}).get(call.operation, call.operation)
    named = f"{_PREFIXES.get(call.service, call.service)}:{action}"
    if call.operation in _UNSCOPED.get(call.service, ()) or _lists_personalize(call):
        return [(named, _ANY)]
    found = list(_FINDERS[call.service](call)) if call.service in _FINDERS else _by_name(call)
    if not found:
        raise UnknownOperationError(
            f"the resource of {call} is unknown: add it to local_aws/iam/required_permissions.py"
        )
    return [(named, resource) if isinstance(resource, str) else resource for resource in found]


def _lists_personalize(call: Call) -> bool:
    return call.service == "personalize" and call.operation.startswith("List") and "Tags" not in call.operation


def _by_name(call: Call) -> list[str | ActionOnResource]:
    given = [
        (template, call.parameters[name]) for name, template in _NAMED.get(call.service, ()) if name in call.parameters
    ]
    return [_arn(call, template, value) for template, value in given[:1]]


def _arn(call: Call, template: str, value: str) -> str:
    if value.startswith("arn:"):
        return value
    return call.arn(template.format(value), _PREFIXES.get(call.service))


def _of_s3(call: Call) -> Iterator[str | ActionOnResource]:
    bucket, key = call.parameters.get("Bucket"), call.parameters.get("Key")
    if call.operation == "DeleteObjects":
        yield from (f"arn:aws:s3:::{bucket}/{name}" for name in _keys(call.parameters["body"]))
    elif bucket:
        yield f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
    if source := call.headers.get("x-amz-copy-source"):
        yield "s3:GetObject", f"arn:aws:s3:::{source.lstrip('/').partition('?')[0]}"


def _keys(body: bytes) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(body).iter() if one.tag.endswith("Key")]


def _of_dynamodb(call: Call) -> Iterator[str | ActionOnResource]:
    index = call.parameters.get("IndexName")
    for name in [call.parameters.get("TableName"), *call.parameters.get("RequestItems", ())]:
        if name:
            table = name if name.startswith("arn:") else call.arn(f"table/{name}")
            yield f"{table}/index/{index}" if index else table


def _of_sqs(call: Call) -> Iterator[str | ActionOnResource]:
    if url := call.parameters.get("QueueUrl"):
        account, name = url.rstrip("/").rsplit("/", 2)[-2:]
        yield f"arn:aws:sqs:{call.region}:{account}:{name}"
    else:
        yield from _by_name(call)


def _of_ssm(call: Call) -> Iterator[str | ActionOnResource]:
    given = call.parameters
    for name in [given.get("Name"), given.get("Path"), *given.get("Names", ())]:
        if name:
            yield name if name.startswith("arn:") else call.arn(f"parameter/{name.lstrip('/')}")


def _of_lambda(call: Call) -> Iterator[str | ActionOnResource]:
    if name := call.parameters.get("FunctionName"):
        plain = name.split(":function:")[-1]
        qualifier = call.parameters.get("Qualifier")
        yield call.arn(f"function:{plain}" + (f":{qualifier}" if qualifier and ":" not in plain else ""))


def _of_logs(call: Call) -> Iterator[str | ActionOnResource]:
    stream = call.parameters.get("logStreamName")
    for group in _by_name(call):
        yield f"{str(group).removesuffix(':*')}:log-stream:{stream}" if stream else group


# The noun in an operation's name also names the parameter that holds the resource, except in these operations.
_PERSONALIZE = re.compile(r"(?:Create|Describe|Update|Delete|Stop|Get)(?P<noun>[A-Za-z]+)")
_PERSONALIZE_PARAMETERS = {
    "CreateSolutionVersion": "solutionArn",
    "GetSolutionMetrics": "solutionVersionArn",
    "StopSolutionVersionCreation": "solutionVersionArn",
}


def _of_personalize(call: Call) -> Iterator[str | ActionOnResource]:
    if match := _PERSONALIZE.fullmatch(call.operation):
        noun = match["noun"][0].lower() + match["noun"][1:]
        if arn := call.parameters.get(_PERSONALIZE_PARAMETERS.get(call.operation, f"{noun}Arn")):
            yield arn


def _of_runtime(call: Call) -> Iterator[str | ActionOnResource]:
    """Yield the campaign and every filter of the request."""
    named = [call.parameters, *call.parameters.get("promotions", ())]
    yield from (holder[name] for holder in named for name in ("campaignArn", "filterArn") if holder.get(name))


_FINDERS: dict[str, Callable[[Call], Iterator[Any]]] = {
    "dynamodb": _of_dynamodb,
    "lambda": _of_lambda,
    "logs": _of_logs,
    "personalize": _of_personalize,
    "personalize-runtime": _of_runtime,
    "s3": _of_s3,
    "sqs": _of_sqs,
    "ssm": _of_ssm,
}
