"""The popular groups of the last promotion (before the first: of the seed), for when Personalize does not answer."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any

from animal_recommender.aws_errors import AwsError, code_of
from animal_recommender.clients import client
from animal_recommender.observability import logger

# A promotion happens once a day; a longer outage should still see it.
MAX_AGE_SECONDS = 300.0


def s3() -> Any:
    """Make the S3 client when it is first needed: most functions never see an outage, and it costs 25 ms at init."""
    return client("s3", connect_timeout=0.5, read_timeout=1.0, attempts=2)


class PopularList:
    """Reads `{"general": [ids], "species": {"1": [ids], …}}` from S3, and keeps it for five minutes."""

    def __init__(
        self, bucket: str, key: str, s3: Callable[[], Any] = s3, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._object = {"Bucket": bucket, "Key": key}
        self._s3 = s3
        self._clock = clock
        self._stored: dict[str, Any] = {}
        self._read_at: float | None = None

    def top(self, limit: int, species: Sequence[str]) -> list[str]:
        """Answer at most `limit` ids, of these species if any are given, best first; none if none are stored."""
        stored = self._current()
        lists = [stored.get("species", {}).get(one, []) for one in species] or [stored.get("general", [])]
        return list(_alternating(lists))[:limit]

    def _current(self) -> dict[str, Any]:
        now = self._clock()
        if self._read_at is None or now - self._read_at > MAX_AGE_SECONDS:
            try:
                self._stored = json.loads(self._s3().get_object(**self._object)["Body"].read())
                self._read_at = now
            except (*AwsError, ValueError) as error:
                name = code_of(error) if isinstance(error, AwsError) else type(error).__name__
                logger.error("Popular list not read", extra={"error": name})
        return self._stored


def _alternating(lists: list[list[str]]) -> Iterator[str]:
    return (item for item in chain.from_iterable(zip_longest(*lists)) if item is not None)
