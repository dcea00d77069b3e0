"""The definition of SNS: moto's, with e-mails that are kept and deliveries that are authorized."""

from werkzeug import Request, Response

from local_aws.http.parameters import read_limit
from local_aws.http.responses import json_response
from local_aws.service import Context, RunningService, Service
from local_aws.sns import mailbox, subscriptions
from local_aws.sns.mailbox import Mailbox


def start(context: Context) -> RunningService:
    """Let moto's subscriptions deliver mails to the mailbox, and authorize their deliveries."""
    mails = Mailbox(context.settings.data_dir)
    mailbox.deliver_mails_to(mails)
    subscriptions.authorize_deliveries(context.authorizer)
    return RunningService(administration={"mails": lambda request: _mails(mails, request)})


def _mails(mailbox: Mailbox, request: Request) -> Response:
    if request.method == "DELETE":
        mailbox.clear()
    newest = read_limit(request, 1000) if "limit" in request.args else None
    return json_response({"mails": mailbox.mails(newest)})


SERVICE = Service("sns", start, corrections=("local_aws.sns.retention",))
