"""The uploaded seed is of now."""

import csv
import io

import pytest

from local_aws.testing.personalize_only import LocalAws
from tests.integration.scripts.provision.conftest import BUCKET


@pytest.mark.usefixtures("dataset_group")
def test_given_the_seed_when_uploaded_with_rebase_then_its_newest_event_is_of_now(aws: LocalAws) -> None:
    stored = aws.client("s3").get_object(Bucket=BUCKET, Key="seed/interactions.csv")
    rows = csv.DictReader(io.StringIO(stored["Body"].read().decode()))
    assert 0 < stored["LastModified"].timestamp() - max(int(row["TIMESTAMP"]) for row in rows) < 300
