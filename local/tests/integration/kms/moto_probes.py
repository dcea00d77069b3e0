"""Probes of the corrections of KMS."""

from local_aws.testing.moto_probes import client, probe


@probe("kms.keep_rotation_period")
def rotation_period_is_kept() -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180
