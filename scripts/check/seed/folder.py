"""The folder with an environment's first data, and the check of what is in it."""

import csv
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.check.seed.validation import Report, validate
from scripts.common.environments import ROOT, TERRAFORM_DIRECTORY

FILES = ("items.csv", "interactions.csv")


@dataclass(frozen=True)
class SeedFolder:
    """A folder with items.csv, interactions.csv and perhaps schemas/.

    Attributes:
        path: The folder.
        rebase: Whether all times are moved so that the newest interaction is now.
    """

    path: Path
    rebase: bool

    @property
    def files(self) -> list[Path]:
        """The two CSV files, whether they exist or not."""
        return [self.path / name for name in FILES]

    def check(
        self, now: float | None = None, limit: int = 5, event_types: Collection[str] | None = None
    ) -> list[Report]:
        """Check both files, see `validate`. If times will be moved, the newest interaction counts as now."""
        reference = time.time() if now is None else now
        moved = self._newest_time(reference) if self.rebase else reference
        return validate(self.files, moved, limit=limit, event_types=event_types)

    def _newest_time(self, default: float) -> float:
        try:
            with (self.path / "interactions.csv").open(encoding="utf-8", errors="replace", newline="") as file:
                rows = csv.DictReader(line.replace("\0", "") for line in file)
                times = [int(value) for row in rows if _is_time(value := row.get("TIMESTAMP") or "")]
        except (OSError, csv.Error):  # the check itself names the fault
            return default
        return max(times, default=default)


def check_environment(variables: Mapping[str, Any], limit: int = 5) -> list[Report]:
    """Check the data that an environment's variables name, and whether they have the items of the canary."""
    folder = folder_of(variables)
    reports = folder.check(limit=limit, event_types=variables["event_types"])
    items = next(report for report in reports if report.path.name == "items.csv")
    wanted = {item: name for name, model in variables["models"].items() for item in model["canary"]["item_ids"] or ()}
    known = _read_items(items.path) if wanted and items.schema else None
    for item, model in wanted.items():
        if known and item not in known:
            message = f"{item!r} is not in it, but in models.{model}.canary.item_ids; leave that out to take your own"
            items.findings.add_error("canary", message, column="ITEM_ID")
    return reports


def _read_items(path: Path) -> set[str]:
    """Return the ids of an items file; none if it is no CSV, which the check reports."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            return {row.get("ITEM_ID") or "" for row in csv.DictReader(file)}
    except (OSError, csv.Error):
        return set()


def _is_time(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 11


def folder_of(variables: Mapping[str, Any]) -> SeedFolder:
    """Return the folder that Terraform's variable `seed` names, found as Terraform finds it.

    A relative path counts from the folder in which Terraform runs, or else from the repository.
    """
    seed = variables["seed"]
    directory = seed["directory"]
    if directory is None:
        return SeedFolder(ROOT / "seed", seed["rebase"])
    given = Path(directory).expanduser()
    places = (TERRAFORM_DIRECTORY / given, ROOT / given)
    found = next((place for place in places if (place / "items.csv").is_file()), places[0])
    return SeedFolder(found.resolve(), seed["rebase"])
