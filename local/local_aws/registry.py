"""The services of the local AWS. To add one: add its folder with a `definition.py`, and its name here."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from local_aws.moto_patches.patching import Correction, corrections_in
from local_aws.service import Context, RunningService, Service

# A service comes after the services that it depends on or sends work to. They close in reverse order.
_NAMES = (
    "moto_patches",
    "moto_server",
    "athena",
    "budgets",
    "dynamodb",
    "iam",
    "kinesis",
    "kms",
    "logs",
    "sqs",
    "xray",
    "awslambda",
    "login",
    "apigateway",
    "personalize",
    "cloudcontrol",
    "sns",
    "events",
    "s3",
    "firehose",
    "scheduler",
    "site",
    "cloudwatch",
    "stepfunctions",
)


@cache
def services() -> tuple[Service, ...]:
    """Return every service in the order in which they start."""
    return tuple(import_module(f"local_aws.{name}.definition").SERVICE for name in _NAMES)


def corrections(service: Service) -> Iterator[tuple[str, Correction]]:
    """Yield name and function of each correction of moto that a service has, such as `kinesis.keep_tags`."""
    for module in service.corrections:
        for correct in corrections_in(import_module(module)):
            yield f"{service.name}.{correct.__name__}", correct


@cache
def correct_moto() -> None:
    """Correct the installed moto, once for this process; services that correct late do it themselves."""
    for service in services():
        if not service.corrects_late:
            correct_moto_for(service.name)


@cache
def correct_moto_for(name: str) -> None:
    """Apply the corrections of one service, once for this process."""
    (service,) = (one for one in services() if one.name == name)
    for _, correct in corrections(service):
        correct()


def start(context: Context) -> dict[str, RunningService]:
    """Start every service, and return them by name, in the order in which they started."""
    return {service.name: service.start(context) for service in services()}
