"""Why a right is granted that the local system never uses: said in Terraform, beside the statement that grants it.

    statement {
      sid     = "WriteObjects"
      # Unused here: s3:AbortMultipartUpload - Firehose drops a large upload that fails half-way.
      actions = ["s3:AbortMultipartUpload", "s3:PutObject"]

A line names one action or several, with wildcards if that is shorter, and `on */suffix` behind them where only some
resources of the statement are never used. Further lines of the comment, indented, belong to the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

_SID = re.compile(r'\bsid\s*=\s*"(?P<sid>\w+)"')
_REASON = re.compile(r"\s*# Unused here: (?P<actions>[\w:*]+(?:, [\w:*]+)*)(?: on (?P<resource>\S+))? - (?P<text>.+)")
_MORE = re.compile(r"\s*#\s{2,}(?P<text>\S.*)")
_MARK = "Unused here"


@dataclass(frozen=True)
class Reason:
    """Why an action of a statement may stay unused; action and resource are patterns for those of the statement."""

    sid: str
    action: str
    resource: str
    text: str
    place: str

    def covers(self, sid: str, action: str, resource: str) -> bool:
        """Whether a grant is what this is about."""
        return sid == self.sid and fnmatchcase(action, self.action) and fnmatchcase(resource, self.resource)


def reasons(directory: Path) -> list[Reason]:
    """Every reason in the Terraform files below a directory; raises ValueError for a line that cannot be read."""
    return [reason for path in sorted(directory.rglob("*.tf")) for reason in _of_file(path, directory)]


def _of_file(path: Path, directory: Path) -> Iterator[Reason]:
    sid, lines = "", path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if found := _SID.search(line):
            sid = found["sid"]
        if _MARK not in line:
            continue
        place = f"{path.relative_to(directory)}:{number}"
        match = _REASON.fullmatch(line)
        if not match or not sid:
            raise ValueError(f"{place}: not of the form `# Unused here: service:Action - why`, below its sid")
        text = " ".join([match["text"], *_continued(lines[number:])])
        for action in match["actions"].split(", "):
            yield Reason(sid, action, match["resource"] or "*", text, place)


def _continued(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not (more := _MORE.fullmatch(line)):
            return
        yield more["text"]
