"""Tools of Node.js that tests need: locked, and installed beside their package.json."""

import shutil
import subprocess
from pathlib import Path

import pytest


def install_tools(folder: Path, what: str) -> None:
    """Install what a folder's package-lock.json names, unless it is there. Skip the test if that is not possible.

    Args:
        folder: It has package.json and package-lock.json, and gets node_modules.
        what: What cannot be tested without the tools.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip(f"no node on the PATH: {what} was not tested. Install Node.js 20 or newer.")
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    command = ["npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=1"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install its tools, so {what} was not tested: {done.stderr[-300:]}")
    installed.touch()
