"""The stored popular list, the answer while Personalize is not available.

The newest promotion of the recommender wrote it; before the first promotion it is from the seed data.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from animal_recommender.aws_errors import AwsError, error_code
from animal_recommender.observability import logger

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# Promotions happen once a day. In a longer outage the new list should be used too.
MAX_AGE_SECONDS = 300.0


class PopularListReader:
    """Reads `{"general": [ids], "species": {"1": [ids], …}}` from S3 and keeps it for five minutes."""

    def __init__(
        self,
        make_s3: "Callable[[], S3Client]",
        bucket: str,
        key: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_s3 = make_s3
        self._bucket = bucket
        self._key = key
        self._clock = clock
        self._stored: dict[str, Any] = {}
        self._read_at: float | None = None

    def top(self, limit: int, species: Sequence[str]) -> list[str]:
        """Return at most `limit` ids, best first, of `species` if any are given. Return none if no list is stored."""
        stored = self._current()
        lists = [stored.get("species", {}).get(one, []) for one in species] or [stored.get("general", [])]
        return list(_alternating(lists))[:limit]

    def _current(self) -> dict[str, Any]:
        now = self._clock()
        if self._read_at is None or now - self._read_at > MAX_AGE_SECONDS:
            try:
                response = self._make_s3().get_object(Bucket=self._bucket, Key=self._key)
                self._stored = json.loads(response["Body"].read())
                self._read_at = now
            except (*AwsError, ValueError) as error:
                name = error_code(error) if isinstance(error, AwsError) else type(error).__name__
                logger.error("Popular list not read", extra={"error": name})
        return self._stored


def _alternating(lists: list[list[str]]) -> Iterator[str]:
    return (item for item in chain.from_iterable(zip_longest(*lists)) if item is not None)
