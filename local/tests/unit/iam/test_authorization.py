"""What a service says about the resource on whose behalf it acts."""

import pytest

from local_aws.iam.actors import service_principal
from local_aws.iam.authorization import _sends_source

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/g"
RULE = "arn:aws:events:us-east-1:123456789012:rule/r"


@pytest.mark.parametrize(
    ("service", "source", "action", "sends"),
    [
        ("events.amazonaws.com", RULE, "sns:Publish", False),
        ("events.amazonaws.com", RULE, "kms:Decrypt", False),
        ("events.amazonaws.com", RULE, "sqs:SendMessage", True),
        ("personalize.amazonaws.com", GROUP, "kms:Decrypt", True),
    ],
)
def test_given_a_service_then_it_sends_what_is_documented(service: str, source: str, action: str, sends: bool) -> None:
    assert _sends_source(service_principal(service, source), action) is sends


def test_given_the_setting_then_personalize_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_PERSONALIZE_SENDS_SOURCE", "false")
    assert not _sends_source(service_principal("personalize.amazonaws.com", GROUP), "kms:Decrypt")
