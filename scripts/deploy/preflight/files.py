"""Check what is on this machine: Terraform, settings in the tfvars, packages, seed data."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.check.seed.findings import ERROR, WARNING, Findings
from scripts.check.seed.folder import check_environment, folder_of
from scripts.common import terraform
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY
from scripts.common.findings import Finding, State
from scripts.common.task import TaskError
from scripts.deploy.preflight.checks import Target

BUILD = ROOT / "build"
FUNCTIONS = ROOT / "functions"
_FEW = 3


def check_terraform(target: Target) -> Iterator[Finding]:
    """Find out whether there is a Terraform, and where it keeps its state."""
    try:
        yield Finding("Terraform", State.OK, terraform.find_binary())
    except TaskError as error:
        yield Finding("Terraform", State.FAILED, str(error), "install Terraform >= 1.11")
    if os.environ.get("AWS_ENDPOINT_URL") or (TERRAFORM_DIRECTORY / "backend.tf").exists():
        yield Finding("Terraform state", State.OK, "kept where backend.tf or the local AWS keeps it")
    else:
        remedy = "for a team: copy terraform/backend.tf.example to backend.tf before the first apply"
        yield Finding("Terraform state", State.NOTE, "will stay on this machine", remedy)


def check_mails(target: Target) -> Iterator[Finding]:
    """Find out whether anybody gets mails."""
    if target.variables.get("notification_emails"):
        yield Finding(
            "Mails", State.OK, f"to {', '.join(target.variables['notification_emails'])}; each must confirm once"
        )
    else:
        yield Finding("Mails", State.NOTE, "nobody gets mails about alarms and retrainings", "set notification_emails")


def check_packages(target: Target) -> Iterator[Finding]:
    """Find packages that are missing, or older than their sources."""
    folder, remedy = _package_folder(target)
    zips = {name: folder / f"{name}.zip" for name in target.functions}
    missing = sorted(name for name, path in zips.items() if not path.exists())
    if missing:
        yield Finding("Packages", State.FAILED, f"not in {folder}: {_shorten(missing)}", remedy)
        return
    stale = sorted(name for name, path in zips.items() if _last_change(name) > path.stat().st_mtime)
    if stale:
        yield Finding("Packages", State.NOTE, f"older than their sources: {_shorten(stale)}", remedy)
    else:
        yield Finding("Packages", State.OK, f"{len(zips)} zips in {folder}")


def _package_folder(target: Target) -> tuple[Path, str]:
    """Return the folder that Terraform takes the zips from, and how to fill it.

    A relative path counts from the folder in which Terraform runs.
    """
    given = target.variables["package_directory"]
    if given is None:
        return BUILD, "make package"
    return (TERRAFORM_DIRECTORY / given).resolve(), "build them into package_directory, or leave that variable out"


def _shorten(names: Sequence[str]) -> str:
    """Return the first names, and how many there are."""
    return f"{', '.join(names[:_FEW])}{f' … ({len(names)})' if len(names) > _FEW else ''}"


def _last_change(function: str) -> float:
    """Return when the sources of a function were last changed, in epoch seconds."""
    folders = (FUNCTIONS / function, FUNCTIONS / "animal_recommender")
    return max((path.stat().st_mtime for folder in folders for path in folder.rglob("*.py")), default=0.0)


def check_seed(target: Target) -> Iterator[Finding]:
    """Find out whether Personalize would import the seed data."""
    folder = folder_of(target.variables)
    missing = [path.name for path in folder.files if not path.exists()]
    if missing:
        yield Finding("Seed data", State.FAILED, f"{folder.path} has no {', '.join(missing)}", "see the variable seed")
        return
    for report in check_environment(target.variables):
        status = (
            State.FAILED if report.findings.total(ERROR) else State.NOTE if report.findings.total(WARNING) else State.OK
        )
        remedy = f"make check-seed ENV={target.variables['environment']}" if status != State.OK else ""
        yield Finding(f"Seed data {report.path.name}", status, f"{report.summary}{_rules(report.findings)}", remedy)


def _rules(findings: Findings) -> str:
    """Return the first rules that are broken, errors before warnings."""
    names = [rule for _, rule in sorted(findings.counts)]
    return f"; {', '.join(names[:_FEW])}" if names else ""
