"""The first popular list: the animal groups that most users of the seed data looked at.

The function recommend answers with the popular list when Personalize fails, which can happen on the first day. The
first promotion replaces the list.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from animal_recommender.popular_list import popular_list
from scripts.common.personalize import code

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_LONGEST = 500  # groups, as many as one request may ask for


def store_first(s3: S3Client, bucket: str, key: str, interactions: Path) -> None:
    """Store the popular list of an interactions.csv, unless there is one: the list of a promotion must stay."""
    with interactions.open(encoding="utf-8", newline="") as file:
        popular = popular_list(most_popular(csv.DictReader(file)))
    body = {"source": interactions.name, **popular}
    try:
        s3.put_object(
            Bucket=bucket, Key=key, Body=json.dumps(body).encode(), ContentType="application/json", IfNoneMatch="*"
        )
    except ClientError as refusal:
        if code(refusal) != "PreconditionFailed":
            raise
        print(f"s3://{bucket}/{key}: exists already and is kept", flush=True)
    else:
        print(f"s3://{bucket}/{key}: {len(popular['general'])} popular animal groups", flush=True)


def most_popular(interactions: Iterable[dict[str, str]]) -> list[str]:
    """Return items by the number of users who have met them, most first; items with equal numbers by id."""
    users = Counter(item for _, item in {(row["USER_ID"], row["ITEM_ID"]) for row in interactions})
    return sorted(users, key=lambda item: (-users[item], item))[:_LONGEST]
