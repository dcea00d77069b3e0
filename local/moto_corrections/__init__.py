"""Where moto differs from AWS and this system would notice: a file for each service, each correction with its cause.

Every correction has a probe in tests/integration/local/moto_probes.py. A test runs the probes against the installed
moto as it comes, and fails for one that passes there: that correction can be deleted.
"""

import os
from functools import cache
from importlib import import_module

# Read when the IAM backend is made: attachments of AWS's own managed policies need them.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

_PARTS = (
    "athena",
    "awslambda",
    "backends",
    "budgets",
    "cloudwatch",
    "dispatch",
    "dynamodb",
    "events",
    "iam",
    "kinesis",
    "kms",
    "logs",
    "provisioned_concurrency",
    "s3",
    "sqs",
)


@cache
def apply() -> None:
    """Correct the installed moto, once for this process; Step Functions apart."""
    for part in _PARTS:
        import_module(f"{__name__}.{part}").apply()


@cache
def apply_to_stepfunctions() -> None:
    """Correct moto's Step Functions: apart, since loading its interpreter takes longer than everything else."""
    import_module(f"{__name__}.stepfunctions").apply()
