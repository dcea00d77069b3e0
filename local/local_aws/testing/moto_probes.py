"""Probes of the corrections of moto: each fails where moto differs from AWS.

The probes of a service are in `tests/integration/<service>/moto_probes.py`. `python -m local_aws.testing.moto_probes
FOLDER` runs those of a folder and its folders, against moto as it is installed or, with `--corrected`, with the
corrections, and prints as JSON for each probe null or what failed. A probe that passes without the corrections shows
that the installed moto no longer needs that correction.
"""

import argparse
import importlib.util
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

REGION = "us-east-1"
ACCOUNT = "123456789012"
Check = Callable[[], None]


@dataclass(frozen=True)
class Probe:
    """A check that passes only with a correction.

    Attributes:
        correction: as `registry.corrections` names it, such as `kinesis.keep_tags`.
    """

    name: str
    correction: str
    check: Check


def probe(correction: str) -> Callable[[Check], Check]:
    """Mark a function as the probe of a correction."""

    def decorate(check: Check) -> Check:
        check.correction = correction  # type: ignore[attr-defined]
        return check

    return decorate


def load_probes(folder: Path) -> list[Probe]:
    """Return the probes in a folder and its folders."""
    return [one for path in sorted(folder.rglob("moto_probes.py")) for one in _probes_in(path)]


def client(service: str) -> Any:
    """Return a client, to be used while moto is active."""
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def create_role() -> str:
    """Create a role, and return its ARN."""
    made = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}", Description="d")
    return str(made["Role"]["Arn"])


def create_stream(**settings: Any) -> str:
    """Create a Kinesis stream with the name `s`, and return its ARN."""
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"}, **settings)
    return str(kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"])


def create_function(**settings: Any) -> Any:
    """Create a function with an alias, and return the client."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return event")
    functions = client("lambda")
    functions.create_function(
        FunctionName="f",
        Runtime="python3.13",
        Role=create_role(),
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
        Publish=True,
        **settings,
    )
    functions.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return functions


def create_mapping(functions: Any) -> dict[str, Any]:
    """Map a stream to the function, and return the mapping as it is read back."""
    arn = functions.get_alias(FunctionName="f", Name="live")["AliasArn"]
    made = functions.create_event_source_mapping(
        EventSourceArn=create_stream(), FunctionName=arn, StartingPosition="LATEST"
    )
    return dict(functions.get_event_source_mapping(UUID=made["UUID"]))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corrected", action="store_true", help="apply the corrections before")
    given = parser.parse_args(arguments)
    if given.corrected:
        _correct_moto()
    print(json.dumps({one.name: _failure(one) for one in load_probes(given.folder)}))


def _probes_in(path: Path) -> list[Probe]:
    spec = importlib.util.spec_from_file_location(f"moto_probes_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [
        Probe(f"{path.parent.name}.{name}", check.correction, check)
        for name, check in vars(module).items()
        if hasattr(check, "correction")
    ]


def _correct_moto() -> None:
    from local_aws import registry

    registry.correct_moto()
    for service in registry.services():
        registry.correct_moto_for(service.name)


def _failure(one: Probe) -> str | None:
    from moto import mock_aws

    try:
        with mock_aws():
            one.check()
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None


if __name__ == "__main__":
    main()
