"""Dataset groups."""

from botocore.exceptions import ClientError

from local_aws.personalize import PersonalizeSettings, create_app


def test_given_a_key_that_is_denied_when_a_group_is_created_then_it_fails_with_the_reason() -> None:
    used = []

    def deny(key: str, role: str, group: str, actions: tuple[str, ...]) -> None:
        used.extend(actions)
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"{role} may not use {key}"}}, "CreateGrant")

    app = create_app(settings=PersonalizeSettings(step_seconds=0), s3=lambda role, job: None, use_key=deny)
    names = {"kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k", "roleArn": "arn:aws:iam::123456789012:role/r"}
    arn = app.call("CreateDatasetGroup", {"name": "g"} | names)["datasetGroupArn"]
    assert app.service().wait_idle(10)
    group = app.call("DescribeDatasetGroup", {"datasetGroupArn": arn})["datasetGroup"]
    assert group["status"] == "CREATE FAILED"
    reason = "Insufficient privileges for the KMS key: "
    assert group["failureReason"] == f"{reason}{names['roleArn']} may not use {names['kmsKeyArn']}"
    assert "kms:CreateGrant" in used
    app.close()
