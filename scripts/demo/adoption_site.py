"""The example site on this machine: the local AWS serves it at its own address."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scripts.common.environments import ROOT, Local
from seed.pets import feed

# Path -> what is served there; modules/site publishes the same on AWS.
SOURCES = {
    "/": ROOT / "examples" / "adoption-site",
    "/client": ROOT / "clients" / "javascript" / "dist",
    "/pictures": ROOT / "seed" / "pictures",
}
_CONFIG = "config.js"
# Who issues the tokens of logins, and for whom: as terraform/local.tfvars has them.
LOGIN_ISSUER, LOGIN_AUDIENCE = "https://login.localhost", "adoption-site"
PETS = "pets.jsonl"  # in the folder `Local.site`


def prepare(local: Local) -> dict[str, str]:
    """Write the pets and a configuration without an API; return the variables that say what the local AWS serves.

    The newest of the invented pets are listed today, as in the catalogue.
    """
    write_config(local, {})
    (local.site / PETS).write_text(feed(datetime.now(UTC)), encoding="utf-8")
    sources = {**SOURCES, **{f"/{name}": local.site / name for name in (_CONFIG, PETS)}}
    served = os.pathsep.join(f"{path}={source}" for path, source in sources.items())
    return {"LOCAL_AWS_SITE": served, "LOCAL_AWS_LOGIN": LOGIN_ISSUER}


def write_config(local: Local, outputs: Mapping[str, Any]) -> None:
    """Tell the site where the browser API is, as far as Terraform's outputs say so, and how visitors log in.

    Only paths: the local AWS answers under every name of this machine, and a page may call its own origin.
    """
    local.site.mkdir(parents=True, exist_ok=True)
    endpoint = urlsplit(outputs.get("browser_api_url") or "").path
    values = {"endpoint": endpoint, "login": {"address": "/_local/login", "audience": LOGIN_AUDIENCE}}
    text = "".join(f"export const {name} = {json.dumps(value)};\n" for name, value in values.items())
    (local.site / _CONFIG).write_text(text, encoding="utf-8")


def address(local: Local, outputs: Mapping[str, Any]) -> str | None:
    """Return the site's address; None if there is no browser API that it could ask."""
    return f"{local.endpoint}/" if outputs.get("browser_api_url") else None
