"""The definition of Personalize, which is implemented here."""

import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from werkzeug import Request

from local_aws.cloudwatch.metrics import put_metrics
from local_aws.iam.actors import assumed_role, service_principal
from local_aws.iam.permission import Permission
from local_aws.kms.key_usage import via_service
from local_aws.personalize import create_app
from local_aws.service import Context, RunningService, Service

if TYPE_CHECKING:
    from local_aws.personalize.service import SendMetrics, UseKey

_log = logging.getLogger(__name__)
_PRINCIPAL = "personalize.amazonaws.com"


def start(context: Context) -> RunningService:
    """Start Personalize."""
    settings, delivery = context.settings, context.delivery
    app = create_app(
        account_id=settings.account_id,
        region=settings.region,
        s3=lambda role, job: delivery.client("s3", settings.region, assumed_role(role, _PRINCIPAL, job, "personalize")),
        use_key=_key_use(context),
        put_metrics=lambda region, metrics: put_metrics(settings.account_id, region, "AWS/Personalize", metrics),
        send_metrics=_metrics_sender(context),
        faults=context.faults,
    )
    context.provide(app)
    return RunningService(
        signed={"personalize": lambda signed: app.handle(Request(signed.environ))},
        pages=app.refuse_unsigned,
        administration={"faults": context.faults.handle, "personalize": app.introspect},
        health={"personalize": "local"},
        parts=(app,),
    )


def _key_use(context: Context) -> "UseKey":
    def use_key(key_arn: str, role_arn: str, group_arn: str, actions: tuple[str, ...]) -> None:
        """Require the permissions for the key of a dataset group, of both the group's role and the service."""
        region, account = group_arn.split(":")[3:5]
        condition_keys = via_service("personalize", region, account)
        permissions = [Permission(action, key_arn, condition_keys) for action in actions]
        role = assumed_role(role_arn, _PRINCIPAL, group_arn, "personalize")
        context.authorizer.require_with_keys(role, region, *permissions)
        context.authorizer.require(service_principal(_PRINCIPAL, group_arn), region, permissions)

    return use_key


def _metrics_sender(context: Context) -> "SendMetrics":
    def send_metrics(role_arn: str, source_arn: str, metrics: list[dict[str, Any]]) -> None:
        """Send the metrics as the role does, in the region of the resource."""
        role = assumed_role(role_arn, _PRINCIPAL, source_arn, "personalize")
        try:
            client = context.delivery.client("cloudwatch", source_arn.split(":")[3], role)
            client.put_metric_data(Namespace="AWS/Personalize", MetricData=metrics)
        except ClientError as error:
            _log.warning("%s: the metrics were not sent: %s", source_arn, error)

    return send_metrics


SERVICE = Service("personalize", start)
