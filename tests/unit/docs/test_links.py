"""Every link, path and `make` task that the documentation names exists."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.common.environments import ROOT

TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT, capture_output=True, text=True, check=True,
).stdout.splitlines()  # fmt: skip
FOLDERS = {path.partition("/")[0] for path in TRACKED if "/" in path}
PAGES = [path for path in TRACKED if path.endswith(".md") and not path.startswith("local/")]
TASKS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
MADE_BY_THE_READER = {
    "scripts/operate/campaigns.py",
    "terraform/backend.tf",
    "terraform/staging.tfvars",
    "tests/unit/scripts/operate/test_campaigns.py",
}

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMENT = re.compile(r" #.*")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
TASK = re.compile(r"\bmake (?:-s )?([a-z][a-z0-9-]*)")


@pytest.mark.parametrize("page", PAGES)
def test_given_a_page_then_its_links_lead_to_files_and_headings(page: str) -> None:
    missing = []
    for target, heading in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        file = (ROOT / page).parent / target if target else ROOT / page
        if not file.exists() or (heading and heading not in anchors(file)):
            missing.append(f"{target}#{heading}")
    assert missing == []


# A decision record may name what was there on its day.
@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("docs/decisions/")])
def test_given_a_page_then_the_paths_and_tasks_in_its_code_exist(page: str) -> None:
    code = [COMMENT.sub("", text) for text in CODE.findall((ROOT / page).read_text(encoding="utf-8"))]
    paths = [path for path in paths_in(code) if not (ROOT / path).exists() and path not in MADE_BY_THE_READER]
    tasks = [task for text in code for task in TASK.findall(text) if task not in TASKS]
    assert (paths, tasks) == ([], [])


def paths_in(code: list[str]) -> Iterator[str]:
    """Yield the words that begin with the name of a top-level folder."""
    for text in code:
        for word in text.strip("`").split():
            if "/" in word and word.partition("/")[0] in FOLDERS and PATH.fullmatch(word):
                yield word


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
