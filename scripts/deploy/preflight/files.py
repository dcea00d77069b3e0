"""Check what is on this machine: Terraform, settings in the tfvars, packages, seed data."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.check.seed.csv_table import ERROR, WARNING, Findings
from scripts.check.seed.validation import validate
from scripts.common import terraform
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY
from scripts.common.task import TaskError
from scripts.deploy.preflight.findings import FAIL, OK, WARN, Finding, Target

BUILD = ROOT / "build"
FUNCTIONS = ROOT / "functions"
_FEW = 3


def check_terraform(target: Target) -> Iterator[Finding]:
    """Find out whether there is a Terraform, and where it keeps its state."""
    try:
        yield Finding("Terraform", OK, terraform.find_binary())
    except TaskError as error:
        yield Finding("Terraform", FAIL, str(error), "install Terraform >= 1.11")
    if os.environ.get("AWS_ENDPOINT_URL") or (TERRAFORM_DIRECTORY / "backend.tf").exists():
        yield Finding("Terraform state", OK, "kept where backend.tf or the local AWS keeps it")
    else:
        remedy = "for a team: copy terraform/backend.tf.example to backend.tf before the first apply"
        yield Finding("Terraform state", WARN, "will stay on this machine", remedy)


def check_mails(target: Target) -> Iterator[Finding]:
    """Find out whether anybody gets mails."""
    if target.variables.get("notification_emails"):
        yield Finding("Mails", OK, f"to {', '.join(target.variables['notification_emails'])}; each must confirm once")
    else:
        yield Finding("Mails", WARN, "nobody gets mails about alarms and retrainings", "set notification_emails")


def check_packages(target: Target) -> Iterator[Finding]:
    """Find packages that are missing, or older than their sources."""
    zips = {name: BUILD / f"{name}.zip" for name in target.functions}
    missing = sorted(name for name, path in zips.items() if not path.exists())
    if missing:
        yield Finding("Packages", FAIL, f"not built: {_shorten(missing)}", "make package")
        return
    stale = sorted(name for name, path in zips.items() if _last_change(name) > path.stat().st_mtime)
    if stale:
        yield Finding("Packages", WARN, f"older than their sources: {_shorten(stale)}", "make package")
    else:
        yield Finding("Packages", OK, f"{len(zips)} zips in {BUILD.name}/")


def _shorten(names: Sequence[str]) -> str:
    """Return the first names, and how many there are."""
    return f"{', '.join(names[:_FEW])}{f' … ({len(names)})' if len(names) > _FEW else ''}"


def _last_change(function: str) -> float:
    """Return when the sources of a function were last changed, in epoch seconds."""
    folders = (FUNCTIONS / function, FUNCTIONS / "animal_recommender")
    return max((path.stat().st_mtime for folder in folders for path in folder.rglob("*.py")), default=0.0)


def check_seed(target: Target) -> Iterator[Finding]:
    """Find out whether Personalize would import the seed data."""
    folder = (TERRAFORM_DIRECTORY / (target.variables["seed"]["directory"] or ROOT / "seed")).resolve()
    paths = [folder / "items.csv", folder / "interactions.csv"]
    missing = [path.name for path in (*paths, folder / "schemas") if not path.exists()]
    if missing:
        yield Finding("Seed data", FAIL, f"{folder} has no {', '.join(missing)}", "see the variable seed")
        return
    now = _newest_time(paths[1]) if target.variables["seed"]["rebase"] else time.time()
    for report in validate(paths, now, folder / "schemas"):
        status = FAIL if report.findings.total(ERROR) else WARN if report.findings.total(WARNING) else OK
        remedy = f"make check-seed FILE={report.path}" if status != OK else ""
        yield Finding(f"Seed data {report.path.name}", status, f"{report.summary}{_rules(report.findings)}", remedy)


def _newest_time(interactions: Path) -> float:
    """Return the time that a rebase moves to now, in epoch seconds; now itself if there is none."""
    with interactions.open(encoding="utf-8", errors="replace", newline="") as file:
        times = [row["TIMESTAMP"] or "" for row in csv.DictReader(file) if "TIMESTAMP" in row]
    return max((float(value) for value in times if value.isdecimal()), default=time.time())


def _rules(findings: Findings) -> str:
    """Return the first rules that are broken, errors before warnings."""
    names = [rule for _, rule in sorted(findings.counts)]
    return f"; {', '.join(names[:_FEW])}" if names else ""
