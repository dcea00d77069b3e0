"""What the server loads at its start."""

import subprocess
import sys

_RARE = (
    *("scipy.sparse", "numpy", "jsonschema", "aws_xray_sdk", "moto.stepfunctions.parser.models", "duckdb"),
    *("flask", "jsonpath_ng", "local_aws.personalize.service"),
)


def test_given_the_server_when_it_starts_then_what_few_use_is_not_loaded() -> None:
    program = (
        "import sys, local_aws.server, local_aws.registry as registry; registry.correct_moto(); "
        f"print([name for name in {_RARE} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
