"""Why a right is granted that the local system never uses: a comment in Terraform beside the statement that grants it.

    statement {
      sid     = "WriteObjects"
      # Unused here: s3:AbortMultipartUpload - Firehose drops a large upload that fails half-way.
      actions = ["s3:AbortMultipartUpload", "s3:PutObject"]

A comment names one action or several, with wildcards if that is shorter. `on */suffix` after them means that only some
resources of the statement are never used. Further lines of the comment, indented, continue the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

_SID = re.compile(r'\bsid\s*=\s*"(?P<sid>\w+)"')
_COMMENT = re.compile(r"\s*# Unused here: (?P<actions>[\w:*]+(?:, [\w:*]+)*)(?: on (?P<resource>\S+))? - (?P<text>.+)")
_CONTINUED = re.compile(r"\s*#\s{2,}(?P<text>\S.*)")
_MARK = "Unused here"


@dataclass(frozen=True)
class Justification:
    """Why an action of a statement may stay unused; action and resource are patterns for those of the statement."""

    sid: str
    action: str
    resource: str
    text: str
    place: str

    def covers(self, sid: str, action: str, resource: str) -> bool:
        """Return whether this is about a granted right."""
        return sid == self.sid and fnmatchcase(action, self.action) and fnmatchcase(resource, self.resource)


def read_justifications(directory: Path) -> list[Justification]:
    """Return every justification in the Terraform files below a directory.

    Raises:
        ValueError: A comment does not have the form above, or two are about the same right of statements of one name.
    """
    found = [one for path in sorted(directory.rglob("*.tf")) for one in _read_file(path, directory)]
    places: dict[tuple[str, str, str], str] = {}
    for one in found:
        other = places.setdefault((one.sid, one.action, one.resource), one.place)
        if other != one.place:
            raise ValueError(f"{one.place}: {one.sid}, {one.action} is explained at {other}: rename one statement")
    return found


def _read_file(path: Path, directory: Path) -> Iterator[Justification]:
    sid, lines = "", path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if found := _SID.search(line):
            sid = found["sid"]
        if _MARK not in line:
            continue
        place = f"{path.relative_to(directory)}:{number}"
        match = _COMMENT.fullmatch(line)
        if not match or not sid:
            raise ValueError(f"{place}: not of the form `# Unused here: service:Action - why`, below its sid")
        text = " ".join([match["text"], *_continued(lines[number:])])
        for action in match["actions"].split(", "):
            yield Justification(sid, action, match["resource"] or "*", text, place)


def _continued(lines: Sequence[str]) -> Iterator[str]:
    """Yield the text of the lines that continue a comment."""
    for line in lines:
        if not (more := _CONTINUED.fullmatch(line)):
            return
        yield more["text"]
