"""Write recommendations for many users to S3, wait for the job, and say where the file is.

Without a file the batch is for all users of the history. A file has a user's id on each line. Ctrl-C stops this
command, not the job.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from animal_recommender.batch_jobs import FOLDER
from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.personalize import Poll, failure
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, plural
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.smoke.functions import invoke

if TYPE_CHECKING:
    from types_boto3_personalize.type_defs import BatchInferenceJobTypeDef


def write_batch(deployment: Deployment, users: Path | None, poll: Poll) -> str:
    """Start a batch and wait until it is written; return where the output is.

    Raises:
        TaskError: There are no users, or the job failed. The message has the service's failureReason.
    """
    request = {"usersKey": _upload(deployment, users)} if users else {}
    started: dict[str, Any] = invoke(deployment, "start_batch", request)[0]
    if started["jobArn"] is None:
        raise TaskError("there are no users: nothing was started")
    poll.report(f"recommendations for {plural(started['users'], 'user')}: {started['jobArn']}")
    job = poll.wait_until_settled("batch", lambda: _describe(deployment, started["jobArn"]))
    if job is None or job["status"] != ACTIVE:
        raise failure("the batch", job or {"status": "gone"})
    return str(started["output"])


def _upload(deployment: Deployment, users: Path) -> str:
    key = f"{FOLDER}/users/{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    try:
        body = users.read_bytes()
    except OSError as error:
        raise TaskError(f"{users} cannot be read: {error.strerror}") from None
    deployment.aws.client("s3").put_object(Bucket=deployment.name("seed-bucket"), Key=key, Body=body)
    return key


def _describe(deployment: Deployment, job_arn: str) -> BatchInferenceJobTypeDef:
    personalize = deployment.aws.client("personalize")
    return personalize.describe_batch_inference_job(batchInferenceJobArn=job_arn)["batchInferenceJob"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = _parser().parse_args(arguments)
    return run_task(lambda: _run(given.environment, given.file))


def _run(environment: str, users: Path | None) -> None:
    deployment = connect(environment)
    if "functions/start_batch" not in deployment.names:
        raise TaskError(f"{environment} writes no batches: set batch = {{}} in its tfvars, then apply")
    output = write_batch(deployment, users, Poll(longest=15.0))
    console.print(f"Written: [bold]{output}[/bold]", soft_wrap=True)


def _parser() -> argparse.ArgumentParser:
    parser = argument_parser("batch", __doc__)
    parser.add_argument("file", nargs="?", type=Path, help="a user's id on each line (default: all users)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
