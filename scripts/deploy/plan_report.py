"""Write reports on a saved plan, for a pull request: ``python -m scripts.deploy.plan_report --environment dev``.

They are in ``build/plan``: ``plan.txt`` (Terraform's output), ``plan.md`` (a comment: counts, what is destroyed, which
campaigns move and what visitors get meanwhile, the plan folded away), ``counts.json`` (GitLab's report type
``terraform``) and ``insight.json`` (a Bitbucket Code Insights report). None of them has values that Terraform knows to
be sensitive; the plan file itself has them in clear text.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.common import terraform
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console
from scripts.deploy.moved_campaigns import MovedCampaign, find_moved_campaigns

_LONGEST_COMMENT = 60_000  # GitHub takes 65,536 characters, https://github.com/orgs/community/discussions/41331
_LONGEST_DETAILS = 2_000  # of a Code Insights report
_FENCE = "~~~~"


@dataclass(frozen=True)
class Changes:
    """Addresses of the resources that a plan touches, by what happens to them, and campaigns that move."""

    create: Sequence[str]
    update: Sequence[str]
    replace: Sequence[str]
    delete: Sequence[str]
    moved_campaigns: Sequence[MovedCampaign] = field(default=())

    @classmethod
    def parse(cls, plan: Mapping[str, Any]) -> Changes:
        """Return the changes in the output of ``terraform show -json``."""
        by_kind: dict[str, list[str]] = {"create": [], "update": [], "replace": [], "delete": []}
        for resource in plan.get("resource_changes", []):
            actions = resource["change"]["actions"]
            kind = "replace" if len(actions) > 1 else actions[0]
            by_kind.setdefault(kind, []).append(resource["address"])
        moved = find_moved_campaigns(plan)
        return cls(by_kind["create"], by_kind["update"], by_kind["replace"], by_kind["delete"], moved)

    def counts(self) -> dict[str, int]:
        """Return numbers of resources by what happens. As in GitLab, a replaced one counts as created and deleted."""
        return {
            "create": len(self.create) + len(self.replace),
            "update": len(self.update),
            "delete": len(self.delete) + len(self.replace),
        }

    def headline(self) -> str:
        """Return the plan in one line."""
        numbers = {
            "to add": self.create,
            "to change": self.update,
            "to replace": self.replace,
            "to destroy": self.delete,
        }
        parts = [f"{len(addresses)} {what}" for what, addresses in numbers.items() if addresses]
        return ", ".join(parts) if parts else "No changes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="make plan-report ENV=… ARGS=…", description=__doc__)
    parser.add_argument("--environment", required=True, metavar="ENV")
    parser.add_argument("--plan", metavar="FILE", help="as given to `plan -out`, in terraform/ (default: ENV.tfplan)")
    parser.add_argument("--directory", type=Path, default=ROOT / "build" / "plan", help="default: build/plan")
    given = parser.parse_args(arguments)
    plan = given.plan or f"{given.environment}.tfplan"
    return run_task(lambda: report(given.environment, plan, given.directory))


def report(environment: str, plan: str, directory: Path) -> None:
    """Read the saved plan with Terraform and write the reports.

    Raises:
        TaskError: Terraform cannot read the plan.
    """
    variables = terraform.prepare(environment)
    text = _show(variables, "-no-color", plan)
    changes = Changes.parse(json.loads(_show(variables, "-json", plan)))
    write(directory, environment, changes, text)
    console.print(f"{changes.headline()}; reports in {directory}", soft_wrap=True)
    for moved in changes.moved_campaigns:
        console.print(moved.describe(), soft_wrap=True, markup=False)


def _show(variables: Mapping[str, str], *arguments: str) -> str:
    """Return the output of ``terraform show``."""
    done = subprocess.run(
        [terraform.find_binary(), "show", *arguments],
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
    """Write all reports."""
    directory.mkdir(parents=True, exist_ok=True)
    reports = {
        "plan.txt": text,
        "plan.md": format_comment(environment, changes, text),
        "counts.json": json.dumps(changes.counts()),
        "insight.json": json.dumps(format_insight(environment, changes)),
    }
    for name, content in reports.items():
        (directory / name).write_text(content, encoding="utf-8")


def format_comment(environment: str, changes: Changes, text: str) -> str:
    """Return the plan as Markdown. A long one is cut, and says so."""
    lost = "".join(f"- `{address}` is replaced\n" for address in changes.replace)
    lost += "".join(f"- `{address}` is destroyed\n" for address in changes.delete)
    warning = "".join(f"\n{moved.describe()}\n" for moved in changes.moved_campaigns)
    warning += f"\n**These resources exist now and will be destroyed:**\n\n{lost}" if lost else ""
    room = max(_LONGEST_COMMENT - len(warning), 0)
    shown = text if len(text) <= room else f"{text[:room]}\n… cut here; all of it is in the job's artifact plan.txt"
    return (
        f"### Terraform plan of `{environment}`: {changes.headline()}\n{warning}\n"
        f"<details><summary>The plan</summary>\n\n{_FENCE}\n{shown}\n{_FENCE}\n\n</details>\n"
    )


def format_insight(environment: str, changes: Changes) -> dict[str, Any]:
    """Return the body of a Code Insights report.

    https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/
    """
    moved = [one.describe() for one in changes.moved_campaigns]
    destroyed = [f"destroyed: {one}" for one in (*changes.replace, *changes.delete)]
    details = "\n".join([changes.headline(), *moved, *destroyed])
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
