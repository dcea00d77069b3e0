"""Probes of the corrections of SNS."""

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, probe


@probe("sns.forget_published_messages")
def published_message_is_not_kept() -> None:
    from moto.sns.models import sns_backends

    sns = client("sns")
    arn = sns.create_topic(Name="t")["TopicArn"]
    sns.publish(TopicArn=arn, Message="m")
    assert not sns_backends[ACCOUNT][REGION].topics[arn].sent_notifications
