"""Where moto differs from AWS and this system would notice: a file for each service, each correction with its cause.

Every correction has a probe in local/tests/integration/moto_patches/moto_probes.py. A test runs the probes against the installed
moto as it comes, and fails for one that passes there: that correction can be deleted.
"""

import os
from functools import cache
from importlib import import_module

# Read when the IAM backend is made: attachments of AWS's own managed policies need them.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

_PARTS = (
    "athena.moto_corrections",
    "awslambda.moto_corrections",
    "awslambda.provisioned_concurrency",
    "budgets.moto_corrections",
    "cloudwatch.moto_corrections",
    "dynamodb.moto_corrections",
    "events.moto_corrections",
    "iam.moto_corrections",
    "kinesis.moto_corrections",
    "kms.moto_corrections",
    "logs.moto_corrections",
    "moto_patches.backends",
    "moto_patches.dispatch",
    "s3.moto_corrections",
    "sqs.moto_corrections",
)


@cache
def apply() -> None:
    """Correct the installed moto, once for this process; Step Functions apart."""
    for part in _PARTS:
        import_module(f"local_aws.{part}").apply()


@cache
def apply_to_stepfunctions() -> None:
    """Correct moto's Step Functions: apart, since loading its interpreter takes longer than everything else."""
    import_module("local_aws.stepfunctions.moto_corrections").apply()
