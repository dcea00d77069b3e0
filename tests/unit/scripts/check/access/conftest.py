"""A Terraform file with justifications."""

from pathlib import Path

import pytest

from scripts.check.access.justifications import Justification, read_justifications

TERRAFORM = """
  statement {
    sid = "Write"
    # Unused here: s3:Abort*, s3:GetObject - nothing is uploaded in parts;
    #   the real service does
    # Unused here: s3:PutObject on */errors/* - nothing fails
    actions = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
  }
  statement { sid = "Log" }
"""


@pytest.fixture
def known(tmp_path: Path) -> list[Justification]:
    (tmp_path / "main.tf").write_text(TERRAFORM)
    return read_justifications(tmp_path)
