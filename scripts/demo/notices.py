"""What the system on this machine told its operators: alarms that are on, and mails. The mails are files here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import boto3
from botocore.config import Config
from rich.markup import escape

from scripts.common.environments import LOCAL_REGION, Local
from scripts.common.terminal import console


def print_notices(local: Local) -> None:
    """Print the alarms that are on, how many mails there are, and the newest one's subject and file."""
    alarms = list_active_alarms(local)
    console.print(f"\nAlarms: {_join(alarms)}", soft_wrap=True)
    mails = sorted((local.data / "mails").glob("*.json"))
    if not mails:
        console.print("Mails: none")
        return
    newest: dict[str, Any] = json.loads(mails[-1].read_text(encoding="utf-8"))
    console.print(f"Mails: {len(mails)}, the newest: {escape(newest['subject'])}", soft_wrap=True)
    console.print(f"  read it in {escape(str(mails[-1]))}", soft_wrap=True)


def list_active_alarms(local: Local) -> list[str]:
    """Return the names of the alarms in the state ALARM."""
    client = boto3.client(
        "cloudwatch",
        region_name=LOCAL_REGION,
        endpoint_url=local.endpoint,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(proxies={}),
    )
    pages = client.get_paginator("describe_alarms")
    found = [alarm for page in pages.paginate(StateValue="ALARM") for alarm in page["MetricAlarms"]]
    return sorted(alarm["AlarmName"] for alarm in found)


def _join(alarms: Sequence[str]) -> str:
    return f"{len(alarms)} on: {escape(', '.join(alarms))}" if alarms else "none is on"
