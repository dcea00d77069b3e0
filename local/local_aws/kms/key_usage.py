"""Permissions for keys: what using an encrypted resource requires for its key.

Source: the pages on customer managed keys in the guides of S3, Kinesis, DynamoDB, SQS, SNS, Step Functions, Scheduler.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.kinesis.models import kinesis_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.scheduler.models import scheduler_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_aws.iam.permission import Permission

_READ, _WRITE = "kms:Decrypt", "kms:GenerateDataKey"


# Action -> the actions on the key of an encrypted resource.
_KEY_ACTIONS = {
    "dynamodb:BatchGetItem": (_READ,),
    "dynamodb:BatchWriteItem": (_READ,),
    "dynamodb:DeleteItem": (_READ,),
    "dynamodb:GetItem": (_READ,),
    "dynamodb:PutItem": (_READ,),
    "dynamodb:Query": (_READ,),
    "dynamodb:Scan": (_READ,),
    "dynamodb:UpdateItem": (_READ,),
    "kinesis:GetRecords": (_READ,),
    "kinesis:PutRecord": (_WRITE,),
    "kinesis:PutRecords": (_WRITE,),
    "s3:GetObject": (_READ,),
    "s3:PutObject": (_WRITE,),
    "sns:Publish": (_WRITE, _READ),
    "sqs:ReceiveMessage": (_READ,),
    "sqs:SendMessage": (_WRITE, _READ),
    "scheduler:GetSchedule": (_READ,),
    "states:DescribeExecution": (_READ,),
    "states:DescribeStateMachine": (_READ,),
    "states:GetExecutionHistory": (_READ,),
    "states:StartExecution": (_WRITE, _READ),
}


def key_permissions(
    permission: Permission,
    account: str,
    region: str,
    upload: Mapping[str, str] | None = None,
    *,
    in_parts: bool = False,
) -> Iterator[Permission]:
    """Yield the permissions that an action on a resource needs for the customer managed key of the resource.

    Args:
        permission: the action and the resource.
        account: account of who needs it.
        region: where it is needed.
        upload: headers of an upload to S3, which may name its key.
        in_parts: whether the upload has several parts: S3 must decrypt their data key each time.
    """
    for key_action in (*_KEY_ACTIONS.get(permission.action, ()), *((_READ,) if in_parts else ())):
        service = permission.resource.split(":")[2]
        found = _KEYS[service](permission.resource, account, region, upload)
        if found and (key := key_arn(found[0], account, region)):
            yield Permission(
                key_action, key, via_service(service, region, account) | {f"kms:encryptioncontext:{found[1]}": found[2]}
            )


def via_service(service: str, region: str, account: str) -> dict[str, str]:
    """Return the condition keys of a request for a key that comes through a service."""
    return {"kms:viaservice": f"{service}.{region}.amazonaws.com", "kms:calleraccount": account}


def key_arn(name: str, account: str, region: str) -> str | None:
    """Return the ARN of a customer managed key, given by id, ARN or alias; None for an AWS managed key."""
    if "alias/aws/" in name:
        return None
    backend = kms_backends[account][region]
    key_id = backend.any_id_to_key_id(name)
    return f"arn:aws:kms:{region}:{account}:key/{key_id}" if key_id in backend.keys else None


# A key's name, and name and value of the encryption context that the service uses.
_Key = tuple[str, str, str] | None


def _of_object(arn: str, account: str, region: str, upload: Mapping[str, str] | None) -> _Key:
    bucket_name, _, key = arn.split(":::", 1)[1].partition("/")
    bucket = s3_backends[account]["aws"].buckets.get(bucket_name)
    if bucket is None:
        return None
    used, by_bucket = _of_stored(bucket.keys.get(key)) if upload is None else _of_upload(bucket.encryption, upload)
    return (used, "aws:s3:arn", f"arn:aws:s3:::{bucket_name}" if by_bucket else arn) if used else None


def _of_stored(stored: Any) -> tuple[str | None, bool]:
    """Return the key of an object, and whether a bucket key was used."""
    if getattr(stored, "encryption", None) != "aws:kms":
        return None, False
    return stored.kms_key_id, str(stored.bucket_key_enabled).lower() == "true"


def _of_upload(encryption: dict[str, Any] | None, headers: Mapping[str, str]) -> tuple[str | None, bool]:
    rule = (encryption or {}).get("Rule") or {}
    default = (rule.get("ApplyServerSideEncryptionByDefault") or {}).get("KMSMasterKeyID")
    given = headers.get("x-amz-server-side-encryption-aws-kms-key-id")
    wanted = headers.get("x-amz-server-side-encryption", "aws:kms") == "aws:kms"
    return (given or default) if wanted else None, str(rule.get("BucketKeyEnabled")).lower() == "true"


def _of_stream(arn: str, account: str, region: str, upload: Mapping[str, str] | None) -> _Key:
    stream = kinesis_backends[account][region].streams.get(arn.partition(":stream/")[2])
    encrypted = stream is not None and stream.encryption_type == "KMS" and stream.key_id
    return (stream.key_id, "aws:kinesis:arn", arn) if encrypted else None  # type: ignore[union-attr,return-value]


def _of_table(arn: str, account: str, region: str, upload: Mapping[str, str] | None) -> _Key:
    name = arn.partition(":table/")[2].partition("/")[0]
    table = dynamodb_backends[account][region].tables.get(name)
    key = (table.sse_specification or {}).get("KMSMasterKeyId") if table else None
    return (key, "aws:dynamodb:tablename", name) if key else None


def _of_queue(arn: str, account: str, region: str, upload: Mapping[str, str] | None) -> _Key:
    queue = sqs_backends[account][region].queues.get(arn.rsplit(":", 1)[-1])
    key = getattr(queue, "kms_master_key_id", None)
    return (key, "aws:sqs:arn", arn) if key else None


def _of_topic(arn: str, account: str, region: str, upload: Mapping[str, str] | None) -> _Key:
    topic = sns_backends[account][region].topics.get(arn)
    return (topic.kms_master_key_id, "aws:sns:topicarn", arn) if topic and topic.kms_master_key_id else None


def _of_state_machine(arn: str, account: str, region: str, upload: Mapping[str, str] | None) -> _Key:
    # An execution has the key of its state machine: arn:…:execution:MACHINE:NAME.
    parts = arn.split(":")
    arn = ":".join([*parts[:5], "stateMachine", parts[6]]) if parts[5] in ("execution", "stateMachine") else arn
    # Loading the interpreter takes seconds; as long as it is not loaded, no state machine exists.
    if models := sys.modules.get("moto.stepfunctions.parser.models"):
        machines = models.stepfunctions_parser_backends[account][region].state_machines
        machine = next((one for one in machines if one.arn == arn), None)
        if key := (getattr(machine, "encryptionConfiguration", None) or {}).get("kmsKeyId"):
            return key, "aws:states:statemachinearn", arn
    return None


def _of_schedule(arn: str, account: str, region: str, upload: Mapping[str, str] | None) -> _Key:
    group, _, name = arn.partition(":schedule/")[2].partition("/")
    found = scheduler_backends[account][region].schedule_groups.get(group)
    schedule = found.schedules.get(name) if found else None
    return (schedule.kms_key_arn, "aws:scheduler:schedule:arn", arn) if schedule and schedule.kms_key_arn else None


_KEYS: dict[str, Callable[[str, str, str, Mapping[str, str] | None], _Key]] = {
    "dynamodb": _of_table,
    "kinesis": _of_stream,
    "s3": _of_object,
    "scheduler": _of_schedule,
    "sns": _of_topic,
    "sqs": _of_queue,
    "states": _of_state_machine,
}
