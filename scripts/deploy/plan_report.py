"""What a pull request shows of a saved Terraform plan: ``python -m scripts.deploy.plan_report --environment dev``.

Writes to ``build/plan``: ``plan.txt`` (Terraform's own words), ``plan.md`` (a comment: counts, what is destroyed, the
plan folded away), ``counts.json`` (GitLab's report type ``terraform``) and ``insight.json`` (a Bitbucket Code Insights
report). Values that Terraform holds to be sensitive are in none of them; the plan file itself has them in clear.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common import terraform
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY
from scripts.common.task import TaskError
from scripts.common.terminal import console, fail

_LONGEST_COMMENT = 60_000  # GitHub takes 65,536 characters, https://github.com/orgs/community/discussions/41331
_LONGEST_DETAILS = 2_000  # of a Code Insights report
_FENCE = "~~~~"


@dataclass(frozen=True)
class Changes:
    """Addresses of the resources that a plan touches, by what happens to them."""

    create: Sequence[str]
    update: Sequence[str]
    replace: Sequence[str]
    delete: Sequence[str]

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> Changes:
        """From ``terraform show -json``."""
        by_kind: dict[str, list[str]] = {"create": [], "update": [], "replace": [], "delete": []}
        for resource in plan.get("resource_changes", []):
            actions = resource["change"]["actions"]
            kind = "replace" if len(actions) > 1 else actions[0]
            by_kind.setdefault(kind, []).append(resource["address"])
        return cls(by_kind["create"], by_kind["update"], by_kind["replace"], by_kind["delete"])

    def counts(self) -> dict[str, int]:
        """Number of resources by what happens, a replaced one as one of both, as GitLab counts."""
        return {
            "create": len(self.create) + len(self.replace),
            "update": len(self.update),
            "delete": len(self.delete) + len(self.replace),
        }

    def headline(self) -> str:
        """The plan in a line."""
        numbers = {
            "to add": self.create,
            "to change": self.update,
            "to replace": self.replace,
            "to destroy": self.delete,
        }
        said = [f"{len(addresses)} {what}" for what, addresses in numbers.items() if addresses]
        return ", ".join(said) if said else "No changes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the saved plan with Terraform and write the reports."""
    parser = argparse.ArgumentParser(prog="python -m scripts.deploy.plan_report", description=__doc__)
    parser.add_argument("--environment", required=True, metavar="ENV")
    parser.add_argument("--plan", metavar="FILE", help="as given to `plan -out`, in terraform/ (default: ENV.tfplan)")
    parser.add_argument("--directory", type=Path, default=ROOT / "build" / "plan", help="default: build/plan")
    given = parser.parse_args(arguments)
    plan = given.plan or f"{given.environment}.tfplan"
    try:
        variables = terraform.prepare(given.environment)
        text = _show(variables, "-no-color", plan)
        changes = Changes.of(json.loads(_show(variables, "-json", plan)))
    except TaskError as error:
        fail(str(error))
        return 1
    write(given.directory, given.environment, changes, text)
    console.print(f"{changes.headline()}; reports in {given.directory}")
    return 0


def _show(variables: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [terraform.binary(), "show", *arguments],
        cwd=TERRAFORM_DIRECTORY,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise TaskError(f"terraform show {' '.join(arguments)} failed:\n{done.stderr.strip()}")
    return done.stdout


def write(directory: Path, environment: str, changes: Changes, text: str) -> None:
    """All reports."""
    directory.mkdir(parents=True, exist_ok=True)
    reports = {
        "plan.txt": text,
        "plan.md": comment(environment, changes, text),
        "counts.json": json.dumps(changes.counts()),
        "insight.json": json.dumps(insight(environment, changes)),
    }
    for name, content in reports.items():
        (directory / name).write_text(content, encoding="utf-8")


def comment(environment: str, changes: Changes, text: str) -> str:
    """The plan as Markdown; a long one is cut, and says so."""
    lost = "".join(f"- `{address}` is replaced\n" for address in changes.replace)
    lost += "".join(f"- `{address}` is destroyed\n" for address in changes.delete)
    warning = f"\n**What exists now goes:**\n\n{lost}" if lost else ""
    room = max(_LONGEST_COMMENT - len(warning), 0)
    shown = text if len(text) <= room else f"{text[:room]}\n… cut here; all of it is in the job's artifact plan.txt"
    return (
        f"### Terraform plan of `{environment}`: {changes.headline()}\n{warning}\n"
        f"<details><summary>The plan</summary>\n\n{_FENCE}\n{shown}\n{_FENCE}\n\n</details>\n"
    )


def insight(environment: str, changes: Changes) -> dict[str, Any]:
    """The body of a Code Insights report; https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/."""
    details = "\n".join([changes.headline(), *(f"destroyed: {one}" for one in (*changes.replace, *changes.delete))])
    return {
        "title": f"Terraform plan of {environment}",
        "reporter": "Terraform",
        "report_type": "TEST",
        "result": "PASSED",
        "details": details[:_LONGEST_DETAILS],
        "data": [
            {"title": what.capitalize(), "type": "NUMBER", "value": value} for what, value in changes.counts().items()
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
