"""Probes of the corrections of S3."""

import json

from local_aws.testing.moto_probes import client, probe


@probe("s3.leave_bucket_policies_to_the_authorizer")
def tls_only_policy_lets_tls_in() -> None:
    s3 = client("s3")
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


@probe("s3.match_patterns_of_log_targets")
def logs_may_go_where_a_pattern_lets_them() -> None:
    s3 = client("s3")
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


@probe("s3.return_event_bridge_configuration")
def event_bridge_notification_is_read() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"EventBridgeConfiguration": {}}, SkipDestinationValidation=True
    )
    assert "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket="bucket")
