"""What must be switched on beside the data path: the schedule, and the subscriptions of those who get mails."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.common import terraform, tfvars
from scripts.common.findings import Finding, State
from scripts.common.terminal import plural
from scripts.operate.deployment import Deployment

_PENDING = "PendingConfirmation"  # in place of the ARN: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html


def check_schedule(deployment: Deployment) -> Iterator[Finding]:
    """Find out whether the schedule of the retraining is on, and starts the state machine."""
    schedule = deployment.aws.client("scheduler").get_schedule(Name=f"{deployment.prefix}-retraining")
    state, target = schedule["State"], schedule["Target"]["Arn"]
    detail, remedy = f"{state}, {schedule['ScheduleExpression']}", f"make apply ENV={deployment.environment}"
    if target != deployment.name("state-machine"):
        yield Finding("schedule", State.FAILED, f"{detail}: it starts {target}, not the retraining", remedy)
    elif state == "ENABLED":
        yield Finding("schedule", State.OK, detail)
    elif _is_meant_to_be_off(deployment.environment):
        yield Finding("schedule", State.NOTE, f"{detail}: retraining.enabled is false", "models become stale")
    else:
        yield Finding("schedule", State.FAILED, f"{detail}: no model is retrained", remedy)


def _is_meant_to_be_off(environment: str) -> bool:
    if environment not in terraform.known_environments():
        return False
    return tfvars.read(environment).variables["retraining"].get("enabled") is False


def check_subscriptions(deployment: Deployment) -> Iterator[Finding]:
    """Find out whether everybody who should get mails has confirmed it. Addresses are not shown."""
    pages = deployment.aws.client("sns").get_paginator("list_subscriptions_by_topic")
    found = [one for page in pages.paginate(TopicArn=deployment.name("topic")) for one in page["Subscriptions"]]
    pending = sum(one["SubscriptionArn"] == _PENDING for one in found)
    if not found:
        yield Finding("mails", State.NOTE, "nobody gets mails of alarms and retrainings", "set notification_emails")
    elif pending:
        yield Finding(
            "mails",
            State.FAILED,
            f"{pending} of {plural(len(found), 'subscription')} not confirmed",
            "follow the link in the mail `AWS Notification - Subscription Confirmation`; it is valid for two days",
        )
    else:
        yield Finding("mails", State.OK, f"{plural(len(found), 'subscription')}, all confirmed")
