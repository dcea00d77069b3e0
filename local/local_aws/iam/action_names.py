"""The names of actions: those of the operations, except in these tables.

Source: Service Authorization Reference, "Actions, resources, and condition keys" of each service.
"""

from local_aws.iam.api_calls import Call

_ACTIONS = {
    "budgets": {
        "CreateBudget": "ModifyBudget",
        "DeleteBudget": "ModifyBudget",
        "DescribeBudget": "ViewBudget",
        "DescribeNotificationsForBudget": "ViewBudget",
        "DescribeSubscribersForNotification": "ViewBudget",
        "UpdateBudget": "ModifyBudget",
        **{
            f"{verb}{noun}": "ModifyBudget"
            for verb in ("Create", "Delete", "Update")
            for noun in ("Notification", "Subscriber")
        },
    },
    "lambda": {"Invoke": "InvokeFunction"},
    "s3": {
        "CompleteMultipartUpload": "PutObject",
        "CopyObject": "PutObject",
        "CreateMultipartUpload": "PutObject",
        "DeleteBucketCors": "PutBucketCORS",
        "DeleteBucketEncryption": "PutEncryptionConfiguration",
        "DeleteBucketLifecycle": "PutLifecycleConfiguration",
        "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
        "DeleteBucketReplication": "PutReplicationConfiguration",
        "DeleteBucketTagging": "PutBucketTagging",
        "DeleteObjects": "DeleteObject",
        "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
        "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
        "GetBucketCors": "GetBucketCORS",
        "GetBucketEncryption": "GetEncryptionConfiguration",
        "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
        "GetBucketNotificationConfiguration": "GetBucketNotification",
        "GetBucketReplication": "GetReplicationConfiguration",
        "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
        "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
        "HeadBucket": "ListBucket",
        "HeadObject": "GetObject",
        "ListBuckets": "ListAllMyBuckets",
        "ListMultipartUploads": "ListBucketMultipartUploads",
        "ListObjectVersions": "ListBucketVersions",
        "ListObjects": "ListBucket",
        "ListObjectsV2": "ListBucket",
        "ListParts": "ListMultipartUploadParts",
        "PutBucketCors": "PutBucketCORS",
        "PutBucketEncryption": "PutEncryptionConfiguration",
        "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
        "PutBucketNotificationConfiguration": "PutBucketNotification",
        "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
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
# Operations on an object with another action if a version is named.
_ON_VERSIONS = {
    "DeleteObject": "DeleteObjectVersion",
    "GetObject": "GetObjectVersion",
    "GetObjectTagging": "GetObjectVersionTagging",
    "HeadObject": "GetObjectVersion",
}
# The action that tags with which something is created need in addition, and the parameters that hold them.
_TAG_PARAMETERS = ("ResourceTags", "Tags", "tags")
_TAG_ACTIONS = {
    "athena": "TagResource",
    "budgets": "TagResource",
    "cloudwatch": "TagResource",
    "dynamodb": "TagResource",
    "events": "TagResource",
    "firehose": "TagDeliveryStream",
    "glue": "TagResource",
    "iam": "TagRole",
    "kinesis": "AddTagsToStream",
    "kms": "TagResource",
    "lambda": "TagResource",
    "logs": "TagResource",
    "sns": "TagResource",
    "sqs": "TagQueue",
    "ssm": "AddTagsToResource",
    "stepfunctions": "TagResource",
}
# Operations whose action supports no resource: a policy must say `*`.
_UNSCOPED = {
    "athena": {"ListDataCatalogs", "ListWorkGroups"},
    "cloudwatch": {"GetMetricData", "GetMetricStatistics", "ListMetrics", "PutMetricData"},
    "cloudformation": {"DescribeType"},
    "kinesis": {"DescribeLimits", "ListStreams", "UpdateStreamMode"},
    "kms": {"CreateKey", "ListAliases", "ListKeys"},
    "lambda": {"CreateEventSourceMapping", "GetAccountSettings", "ListEventSourceMappings", "ListFunctions"},
    "logs": {"DescribeLogGroups"},
    "personalize": {"TagResource", "UntagResource"},
    "personalize-events": {"PutActionInteractions", "PutEvents"},
    "s3": {"ListBuckets"},
    "sns": {"GetSubscriptionAttributes", "ListSubscriptions", "ListTopics", "Unsubscribe"},
    "sqs": {"ListQueues"},
    "ssm": {"DescribeParameters"},
    "stepfunctions": {"ValidateStateMachineDefinition"},
    "sts": {"GetCallerIdentity"},
    "xray": {"GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments"},
}
# With `personalize`, every operation that lists has no resource; with `cloudcontrol`, every operation.
_LISTS, _ALL = {"personalize"}, {"cloudcontrol"}


def action_of(call: Call) -> str:
    """Return the name of a call's action, without the service."""
    if call.service == "s3" and "versionId" in call.parameters and call.operation in _ON_VERSIONS:
        return _ON_VERSIONS[call.operation]
    return _ACTIONS.get(call.service, {}).get(call.operation, call.operation)


def is_unscoped(call: Call) -> bool:
    """Whether the action of a call supports no resource."""
    lists = call.service in _LISTS and call.operation.startswith("List")
    return lists or call.service in _ALL or call.operation in _UNSCOPED.get(call.service, ())


def tag_action(call: Call) -> str | None:
    """Return the action that a call needs in addition because it gives tags to what it creates."""
    if not call.operation.startswith(("Create", "Put")):
        return None
    tagged = any(name.split(".")[0] in _TAG_PARAMETERS and value for name, value in call.parameters.items())
    return _TAG_ACTIONS.get(call.service) if tagged else None
