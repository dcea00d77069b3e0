"""The queries about experiments count what they say, on lines as the functions and Firehose write them."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support.raw_store import ask


def pseudonym(visitor: str) -> str:
    return sha256(visitor.encode()).hexdigest()[:32]


FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)
RECENT = datetime.now(UTC).replace(minute=30, second=0, microsecond=0) - timedelta(days=2)
PUG = {"animal_species_id": 2, "animal_primary_breed_id": "Pug", "animal_size_id": "1", "animal_age_id": "1"}


class Store:
    """A raw store that is filled line by line; arrivals are the times of the lines."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lines = folder, 0

    def show(self, visitor: str, arm: str, at: datetime, user: str | None = None, **fields: Any) -> None:
        """An exposure of a visitor, who is the user or session that was seen first."""
        ids = {"visitor": pseudonym(visitor), "session": fields.pop("session", pseudonym(visitor))}
        if user:
            ids["user"] = pseudonym(f"userId#{user}")
        line = {"exposureId": f"e{self.lines}", "time": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"}
        line |= {"experiment": "shelf", "arm": arm, "function": "recommend"} | ids
        self._write("exposures", at, line | {"shown": [{"position": 1, "group": "2-Pug-1-1"}]} | fields)

    def happen(self, kind: str, at: datetime, session: str, **fields: Any) -> None:
        """An event of a session."""
        event = {"eventType": kind, "animalMetadata": PUG, "sessionId": session, "timestamp": at.timestamp()}
        self._write("events", at, event | fields)

    def _write(self, table: str, arrival: datetime, line: dict[str, Any]) -> None:
        target = self.folder / f"{table}/{arrival:year=%Y/month=%m/day=%d/hour=%H}"
        target.mkdir(parents=True, exist_ok=True)
        self.lines += 1
        (target / f"{self.lines}.json.gz").write_bytes(gzip.compress(json.dumps(line).encode()))

    def outcomes(self, experiment: str = "shelf") -> dict[tuple[str, ...], int]:
        """Visitors by arm and day; by arm, day, outcome and its day."""
        day = f"{FIRST:%Y-%m-%d}"
        rows = ask("experiment_outcomes", self.folder, experiment, day, day)
        return {tuple(value for value in list(row.values())[:-1] if value): row["visitors"] for row in rows}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for table in ("events", "exposures"):
        (tmp_path / table).mkdir()
    return Store(tmp_path)


def test_given_outcomes_days_later_when_counted_then_they_are_of_the_day_of_first_exposure(store: Store) -> None:
    store.show("session#a", "model", FIRST)
    store.show("session#a", "model", FIRST + timedelta(days=1))
    store.show("session#b", "popular", FIRST)
    store.happen("Application", FIRST + timedelta(days=3), "a")
    store.happen("Application", FIRST + timedelta(days=4), "a")
    assert store.outcomes() == {
        ("model", "2026-11-01"): 1,
        ("popular", "2026-11-01"): 1,
        ("model", "2026-11-01", "Application", "2026-11-04"): 1,
    }


def test_given_what_happened_before_the_first_exposure_when_counted_then_it_is_no_outcome(store: Store) -> None:
    store.happen("Application", FIRST, "a")
    store.show("session#a", "model", FIRST + timedelta(hours=1))
    assert store.outcomes() == {("model", "2026-11-01"): 1}


def test_given_a_visitor_whose_arm_changes_when_counted_then_the_first_arm_has_the_outcome(store: Store) -> None:
    store.show("session#a", "popular", FIRST)
    store.show("session#a", "model", FIRST + timedelta(days=1))
    store.happen("Favorite", FIRST + timedelta(days=2), "a")
    assert store.outcomes() == {
        ("popular", "2026-11-01"): 1,
        ("popular", "2026-11-01", "Favorite", "2026-11-03"): 1,
    }


def test_given_a_visitor_who_logs_in_when_counted_then_it_is_one_person_with_what_the_user_does_elsewhere(
    store: Store,
) -> None:
    store.show("session#a", "model", FIRST)
    store.show("session#a", "model", FIRST + timedelta(hours=1), user="ann")
    store.show("session#phone", "popular", FIRST + timedelta(days=1), user="ann")
    store.happen("Application", FIRST + timedelta(days=2), "other device", userId="ann")
    store.happen("Favorite", FIRST + timedelta(days=2), "phone")
    assert store.outcomes() == {
        ("model", "2026-11-01"): 1,
        ("model", "2026-11-01", "Application", "2026-11-03"): 1,
        ("model", "2026-11-01", "Favorite", "2026-11-03"): 1,
    }


def test_given_a_later_session_of_a_visitor_when_counted_then_its_outcome_is_the_visitors(store: Store) -> None:
    store.show("session#a", "model", FIRST)
    store.show("session#a", "model", FIRST + timedelta(days=1), session=pseudonym("session#later"))
    store.happen("Application", FIRST + timedelta(days=1, hours=1), "later")
    assert ("model", "2026-11-01", "Application", "2026-11-02") in store.outcomes()


def test_given_another_experiment_or_earlier_days_when_counted_then_they_are_left_out(store: Store) -> None:
    store.show("session#a", "model", FIRST)
    store.show("session#b", "model", FIRST, experiment="other")
    store.show("session#c", "model", FIRST - timedelta(days=30))
    assert store.outcomes() == {("model", "2026-11-01"): 1}
    assert store.outcomes("nothing") == {}


def test_given_an_exposure_that_arrives_twice_when_answers_are_counted_then_it_is_one(store: Store) -> None:
    for _ in range(2):
        store.show("session#a", "model", FIRST, exposureId="same", model="m", recommendationId="r")
    store.show("session#a", "model", FIRST, model="m", source="popular")
    store.show("session#b", "popular", FIRST, source="popular")
    answers = ask("experiment_answers", store.folder, "shelf", f"{FIRST:%Y-%m-%d}")
    assert answers == [{"arm": "model", "given": 2, "degraded": 1}, {"arm": "popular", "given": 1, "degraded": 0}]


def test_given_recommendations_when_attributed_then_only_what_came_of_them_in_time_counts(store: Store) -> None:
    for number in range(3):
        store.show("session#a", "model", RECENT, model="m", recommendationId=f"r{number}")
    store.happen("DetailView", RECENT + timedelta(minutes=1), "a", recommendationId="r0")
    store.happen("DetailView", RECENT + timedelta(minutes=2), "a", recommendationId="r0")
    store.happen("Application", RECENT + timedelta(hours=30), "a", recommendationId="r1")
    store.happen("Favorite", RECENT - timedelta(hours=1), "a", recommendationId="r2")
    answer = {"shelf": "recommend", "model": "m", "shown_hour": f"{RECENT:%Y-%m-%dT%H:00:00Z}", "exposures": 3}
    assert ask("attribution", store.folder, "7") == [answer | {"viewed": 1, "favored": 0, "applied": 1}]
    assert ask("attribution", store.folder, "1") == [answer | {"viewed": 1, "favored": 0, "applied": 0}]
