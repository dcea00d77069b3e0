"""Resource policies, as moto stores them: of buckets, keys, topics, queues and functions."""

import json
from collections.abc import Callable
from typing import Any

from moto.awslambda.exceptions import UnknownAliasException, UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_aws.iam.policy import parse
from local_aws.iam.policy_evaluation import ResourcePolicy


def resource_policy(action: str, arn: str, account: str) -> ResourcePolicy | None:
    """Return the policy of a resource that counts for an action; None when it has none.

    It says nothing about actions of other services, such as kinesis:StartStreamEncryption on a key.

    Args:
        action: such as `kms:Decrypt`.
        arn: the resource.
        account: its account, if the ARN does not contain one (buckets).
    """
    service, region, owner, name = arn.split(":", 5)[2:6] if arn.startswith("arn:") else ("", "", "", "")
    if service not in _FINDERS or action.partition(":")[0] != service:
        return None
    text = _FINDERS[service](owner or account, region, name, arn)
    return ResourcePolicy(parse(text), governs=service == "kms") if text else None


def object_exists(arn: str, account: str) -> bool:
    """Whether the object of an ARN exists."""
    name, _, key = arn.split(":::", 1)[1].partition("/")
    bucket = s3_backends[account]["aws"].buckets.get(name)
    return bucket is not None and key in bucket.keys


def _of_bucket(account: str, region: str, name: str, arn: str) -> str | None:
    bucket = s3_backends[account]["aws"].buckets.get(name.partition("/")[0])
    return bucket.policy.decode() if bucket and bucket.policy else None


def _of_key(account: str, region: str, name: str, arn: str) -> str | None:
    key = kms_backends[account][region].keys.get(name.removeprefix("key/"))
    return key.policy if key else None


def _of_topic(account: str, region: str, name: str, arn: str) -> str | None:
    topic = sns_backends[account][region].topics.get(arn)
    return _text(topic._policy_json) if topic else None


def _of_queue(account: str, region: str, name: str, arn: str) -> str | None:
    queue = sqs_backends[account][region].queues.get(name)
    return _text(queue._policy_json) if queue else None


def _of_function(account: str, region: str, name: str, arn: str) -> str | None:
    try:
        function = lambda_backends[account][region].get_function(name.removeprefix("function:").partition(":")[0])
    except (UnknownFunctionException, UnknownAliasException):
        return None
    return _text({"Statement": function.policy.statements})


def _text(document: dict[str, Any]) -> str | None:
    return json.dumps(document) if document and document.get("Statement") else None


_FINDERS: dict[str, Callable[[str, str, str, str], str | None]] = {
    "kms": _of_key,
    "lambda": _of_function,
    "s3": _of_bucket,
    "sns": _of_topic,
    "sqs": _of_queue,
}
