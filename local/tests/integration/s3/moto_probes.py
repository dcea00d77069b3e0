"""Probes of the corrections of S3."""

import json

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, probe


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


@probe("s3.encode_listed_keys")
def listed_keys_are_encoded() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a+b/c d(é)", Body=b"")
    for list_keys in (s3.list_objects, s3.list_objects_v2, s3.list_object_versions):
        answer = list_keys(Bucket="bucket", EncodingType="url", Prefix="a+b")
        (found,) = answer.get("Contents") or answer["Versions"]
        assert (found["Key"], answer["Prefix"], answer["EncodingType"]) == ("a%2Bb/c+d%28%C3%A9%29", "a%2Bb", "url")


@probe("s3.list_versions_after_a_marker")
def versions_behind_a_deleted_marker_are_listed() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    for key in "abc":
        s3.put_object(Bucket="bucket", Key=key, Body=b"")
    page = s3.list_object_versions(Bucket="bucket", MaxKeys=1)
    s3.delete_object(Bucket="bucket", Key="a", VersionId=page["Versions"][0]["VersionId"])
    markers = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
    rest = s3.list_object_versions(Bucket="bucket", **markers)
    assert [version["Key"] for version in rest["Versions"]] == ["b", "c"]


@probe("moto_server.take_keys_with_line_breaks")
def path_with_a_line_break_is_served() -> None:
    from moto.moto_server.werkzeug_app import create_backend_app
    from werkzeug.test import Client

    server = Client(create_backend_app("s3"))
    server.put("/bucket")
    assert server.put("/bucket/a%0Ab", data=b"x").status_code == 200


@probe("s3.delete_versions_from_suspended_buckets")
def one_version_of_a_suspended_bucket_is_deleted() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    first, second = (s3.put_object(Bucket="bucket", Key="k", Body=b"")["VersionId"] for _ in range(2))
    s3.delete_object(Bucket="bucket", Key="k")
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Suspended"})
    s3.delete_object(Bucket="bucket", Key="k", VersionId=first)
    left = s3.list_object_versions(Bucket="bucket")
    assert [version["VersionId"] for version in left["Versions"]] == [second]
    assert len(left["DeleteMarkers"]) == 1


@probe("s3.bound_access_logs")
def access_logs_are_bounded() -> None:
    from moto.s3.models import s3_backends

    s3 = client("s3")
    for name in ("bucket", "log-target"):
        s3.create_bucket(Bucket=name)
    backend = s3_backends[ACCOUNT]["aws"]
    target = {"TargetBucket": "log-target", "TargetPrefix": "b/"}
    backend.get_bucket("bucket").logging = target  # type: ignore[assignment]
    names = [f"b/2026-01-01-00-00-00-{number:016X}" for number in range(1_200)]
    for name in ("b/mine", *names):
        backend.put_object("log-target", name, b"")
    for _ in range(100):
        s3.head_bucket(Bucket="bucket")
    kept = list(backend.get_bucket("log-target").keys)
    assert (len(kept), kept[:2]) == (1_001, ["b/mine", names[300]])


@probe("s3.complete_messages")
def messages_tell_versions_apart() -> None:
    s3, sqs = client("s3"), client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    s3.create_bucket(Bucket="bucket")
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    target = {"QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"QueueConfigurations": [target]}, SkipDestinationValidation=True
    )
    version = s3.put_object(Bucket="bucket", Key="a/b c", Body=b"x")["VersionId"]
    bodies = [json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)["Messages"]]
    (stored,) = [body["Records"][0]["s3"]["object"] for body in bodies if "Records" in body]
    assert (stored["key"], stored["versionId"]) == ("a/b+c", version)
    assert int(stored["sequencer"], 16)
