"""The definition of IAM: moto keeps users and roles, what each role used and was denied is recorded here."""

import os

from werkzeug import Request, Response

from local_aws.administration import name_in_path
from local_aws.http.responses import json_response
from local_aws.iam.access_records import AccessRecords
from local_aws.service import Context, RunningService, Service


def start(context: Context) -> RunningService:
    """Answer `/_local/access`, `/_local/access?role=ARN` and `/_local/access/summary`."""
    # moto reads it when it makes an IAM backend: attachments of AWS's own managed policies need them.
    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    return RunningService(administration={"access": lambda request: _access(context.access_records, request)})


def _access(records: AccessRecords, request: Request) -> Response:
    if request.method == "DELETE":
        records.clear()
    if name_in_path(request) == "summary":
        return json_response({"roles": records.summary()})
    role = request.args.get("role")
    return json_response({"roles": [one for one in records.report() if role in (None, one["role"])]})


SERVICE = Service("iam", start, corrections=("local_aws.iam.moto_corrections", "local_aws.iam.policy_simulation"))
