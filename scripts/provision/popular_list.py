"""The popular list until the first promotion stores one: the animal groups that most users of the seed data looked at.

The function recommend answers with it when Personalize does not, which can happen on the first day too.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from animal_recommender.popular_list import popular_list
from scripts.common.personalize import code

_LONGEST = 500  # groups, as many as one request may ask for


def store_first(s3: Any, bucket: str, key: str, interactions: Path) -> None:
    """Stores the list of an interactions.csv, unless one is there: what a promotion stored is never overwritten."""
    with interactions.open(encoding="utf-8", newline="") as file:
        body = {"source": interactions.name, **popular_list(most_popular(csv.DictReader(file)))}
    try:
        s3.put_object(
            Bucket=bucket, Key=key, Body=json.dumps(body).encode(), ContentType="application/json", IfNoneMatch="*"
        )
    except ClientError as refusal:
        if code(refusal) != "PreconditionFailed":
            raise
        print(f"s3://{bucket}/{key}: is there already, and stays", flush=True)
    else:
        print(f"s3://{bucket}/{key}: {len(body['general'])} popular animal groups", flush=True)


def most_popular(interactions: Iterable[dict[str, str]]) -> list[str]:
    """Items by the number of users who have met them, most first; by id where that is equal."""
    users = Counter(item for _, item in {(row["USER_ID"], row["ITEM_ID"]) for row in interactions})
    return sorted(users, key=lambda item: (-users[item], item))[:_LONGEST]
