"""The project's commands, grouped by who calls them (see README.md)."""

import importlib.util
import sys

# Terraform runs some of these with whatever Python its variable `python` names, so the first import says what to do.
_MISSING = [name for name in ("boto3", "rich") if importlib.util.find_spec(name) is None]
if _MISSING:
    sys.exit(
        f"{', '.join(_MISSING)} is not installed for {sys.executable}: run `make setup`, then let Terraform use "
        "<repository>/.venv/bin/python (variable `python`), or activate .venv."
    )
