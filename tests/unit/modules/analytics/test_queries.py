"""The named queries answer what they say, on files as Firehose writes them."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support.raw_store import QUERIES, ask


def pseudonym(visitor: str) -> str:
    return sha256(visitor.encode()).hexdigest()[:32]


NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
CAT = {"animal_species_id": "1", "animal_primary_breed_id": "Bengal", "animal_size_id": 2, "animal_age_id": 3}
DOG = {"animal_species_id": 2, "animal_primary_breed_id": "Pug", "animal_size_id": "1", "animal_age_id": "1"}


def event(kind: str, animal: dict[str, Any], minutes_ago: int, **others: Any) -> dict[str, Any]:
    moment = (NOW - timedelta(minutes=minutes_ago)).timestamp()
    return {"eventType": kind, "animalMetadata": animal, "sessionId": "s", "timestamp": moment, **others}


EVENTS = [
    event("DetailView", CAT, 50, userId="ann", recommendationId="r1"),
    {"Partitionkey": "ann", "Data": event("Favorite", CAT, 40, userId="ann", recommendationId="r1")},
    event("Application", CAT, 30, userId="ann", recommendationId="r1"),
    event("Application", DOG, 25, userId="bob"),  # never viewed: not in the funnel
    event("DetailView", DOG, 20, userId=7),  # an id may be a number
    event("DetailView", DOG, 10, sessionId="stranger", recommendationId="r2"),
    event("DetailView", DOG, 9, userId="cleo") | {"timestamp": (NOW - timedelta(minutes=9)).isoformat()},
]
STEPS = ("DetailView", "Favorite", "Application")
POISON = ["no JSON at all", "[]", '{"eventType": {"not": "a text"}}', "{}"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write(tmp_path, NOW, [*map(json.dumps, EVENTS), *POISON])
    write(tmp_path, NOW - timedelta(days=400), [json.dumps(event("DetailView", CAT, 0, userId="long ago"))])
    return tmp_path


def write(folder: Path, arrival: datetime, lines: list[str], table: str = "events") -> None:
    target = folder / f"{table}/{arrival:year=%Y/month=%m/day=%d/hour=%H}"
    target.mkdir(parents=True)
    (target / "raw-events-1.json.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


def test_given_events_in_all_forms_when_a_users_history_is_asked_then_it_is_complete_and_newest_first(
    store: Path,
) -> None:
    history = ask("user_history", store, "ann")
    assert [row["event_type"] for row in history] == ["Application", "Favorite", "DetailView"]
    assert history[0]["happened_at"] == f"{NOW - timedelta(minutes=30):%Y-%m-%d %H:%M:%S}"
    assert {row["breed"] for row in history} == {"Bengal"}


def test_given_an_id_sent_as_number_when_its_history_is_asked_as_text_then_it_is_found(store: Path) -> None:
    assert [row["event_type"] for row in ask("user_history", store, "7")] == ["DetailView"]


def test_given_iso_times_when_a_history_is_asked_then_they_are_read_too(store: Path) -> None:
    assert ask("user_history", store, "cleo")[0]["happened_at"] == f"{NOW - timedelta(minutes=9):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.123+00:00"])
def test_given_a_usual_way_to_write_a_time_when_a_history_is_asked_then_it_is_the_events_time(
    tmp_path: Path, form: str
) -> None:
    write(tmp_path, NOW, [json.dumps(event("DetailView", CAT, 0, userId="eva") | {"timestamp": f"{NOW:{form}}"})])
    assert ask("user_history", tmp_path, "eva")[0]["happened_at"] == f"{NOW:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("text", ["99999-12-31T23:59:59Z", "2026-01-01T00:00:00+23:59", "2026-01-01T00:00:00-14:01"])
def test_given_a_time_that_fails_a_query_beyond_try_when_asked_then_it_is_the_time_of_arrival(
    tmp_path: Path, text: str
) -> None:
    # Trino throws "Millis overflow" and an unknown time zone for these, which TRY does not catch; DuckDB reads them.
    write(tmp_path, NOW, [json.dumps(event("DetailView", CAT, 0, userId="eva") | {"timestamp": text})])
    assert ask("user_history", tmp_path, "eva")[0]["happened_at"] == f"{NOW:%Y-%m-%d %H:00:00}"


def test_given_a_day_when_events_are_counted_then_by_type_with_visitors_and_without_poison(store: Path) -> None:
    counted = {row["event_type"]: (row["events"], row["visitors"]) for row in ask("events_by_day_and_type", store)}
    assert counted == {"DetailView": (4, 4), "Favorite": (1, 1), "Application": (2, 2)}
    assert {row["day"] for row in ask("events_by_day_and_type", store)} == {f"{NOW:%Y-%m-%d}"}


def test_given_interest_when_breeds_are_ranked_then_by_visitors(store: Path) -> None:
    breeds = ask("top_breeds", store)
    assert [row["breed"] for row in breeds] == ["Pug", "Bengal"]
    assert breeds[1] | {"species": "1"} == {
        "species": "1", "breed": "Bengal", "visitors": 1, "views": 1, "favorites": 1, "applications": 1,
    }  # fmt: skip


def test_given_one_breed_in_several_spellings_of_its_letters_when_ranked_then_it_is_one(tmp_path: Path) -> None:
    spellings = ("L\u00f6wchen", "Lo\u0308wchen", " L\u00f6wchen ", "L\u200b\u00f6wchen")
    animals = [DOG | {"animal_primary_breed_id": spelling} for spelling in spellings]
    write(tmp_path, NOW, [json.dumps(event("DetailView", animal, 5, userId="ann")) for animal in animals])
    assert [(row["breed"], row["views"]) for row in ask("top_breeds", tmp_path)] == [("L\u00f6wchen", 4)]


def test_given_steps_when_the_funnel_is_asked_then_only_visitors_who_took_them_in_order_count(store: Path) -> None:
    assert ask("funnel", store) == [{"viewed": 4, "then_favorite": 1, "then_applied": 1}]


def test_given_an_application_without_a_favorite_when_the_funnel_is_asked_then_it_counts(tmp_path: Path) -> None:
    write(tmp_path, NOW, [json.dumps(event(kind, CAT, 5 - n, userId="dan")) for n, kind in enumerate(STEPS[::2])])
    assert ask("funnel", tmp_path) == [{"viewed": 1, "then_favorite": 0, "then_applied": 1}]


# Lines that may lie in the raw store; each must leave the rows beside it alone.
TIMES = ("1767225600000", "1767225600000000000", "1e308", "-1e15", '"NaN"', '"Infinity"', '"0001-01-01T00:00:00+23:59"',
         '{"a":1}', "[1]", "true", '""', '"9999-12-31T23:59:59-23:59"', '"99999-12-31T23:59:59Z"', "1e400", '"\\u0000"',
         '"2026-02-30T25:61:61Z"', "9" * 400)  # fmt: skip
EVENT = json.dumps(event("DetailView", CAT, 5, userId="odd"))[:-1]
ODD_LINES = [
    *(EVENT.replace('"timestamp"', '"then"') + f', "timestamp": {time}}}' for time in TIMES),
    '{"Data": "text"}',
    '{"Data": [1]}',
    '{"Data": 5}',
    json.dumps({"Data": EVENT + "}"}),
    *(
        EVENT + f', "{name}": {value}}}'
        for name in ("animalMetadata", "impression", "userId", "eventValue", "Data")
        for value in ('"cat"', "[1]", '{"a": 1}', "5", "null", "NaN", "9" * 5000)
    ),
    EVENT + ', "USERID": "twice"}',
    EVENT + ', "eventValue": 1e999}',
    *(EVENT + f', "animalMetadata": {{"animal_size_id": {value}}}}}' for value in ('{"a": [1]}', "[]", "1e308", '""')),
    json.dumps({"Data": {"timestamp": 1e308, "animalMetadata": "cat", "userId": {"a": 1}}}),
    "[1, 2]",
    "5",
    "null",
    "\x00\x01",
    '{"a":' * 3000 + "1" + "}" * 3000,
    EVENT + f', "pad": "{"x" * 900_000}"}}',
    EVENT + ', "eventType": "\\ud800"}',
]


PARAMETERS = {
    "user_history": ["good"],
    "attribution": ["7"],
    "experiment_answers": ["shelf", f"{NOW:%Y-%m-%d}"],
    "experiment_outcomes": ["shelf", f"{NOW:%Y-%m-%d}", f"{NOW:%Y-%m-%d}"],
}
ROWS_OF_GOOD = {"user_history": 2, "attribution": 1, "experiment_answers": 1, "experiment_outcomes": 2}
SHOWN = {"exposureId": "e", "time": f"{NOW - timedelta(minutes=8):%Y-%m-%dT%H:%M:%S.%fZ}", "experiment": "shelf",
         "arm": "model", "function": "recommend", "visitor": pseudonym("userId#good"), "model": "recommender",
         "recommendationId": "r", "source": "personalize"}  # fmt: skip
ODD_EXPOSURES = ["no JSON", "[]", "{}", "\x00", *(json.dumps(SHOWN | {"exposureId": "o", name: None}) for name in
                 ("visitor", "time", "experiment")), json.dumps(SHOWN | {"time": "99999-12-31T23:59:59Z"})]  # fmt: skip


@pytest.mark.parametrize("query", sorted(QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_given_odd_lines_when_asked_then_no_query_fails_and_no_other_row_is_hidden(tmp_path: Path, query: Path) -> None:
    good = json.dumps(event("DetailView", CAT, 5, userId="good"))
    write(tmp_path, NOW, [good, *ODD_LINES, good])
    write(tmp_path, NOW, [*ODD_EXPOSURES, json.dumps(SHOWN)], "exposures")
    rows = ask(query.stem, tmp_path, *PARAMETERS.get(query.stem, []))
    assert len(rows) == ROWS_OF_GOOD.get(query.stem, len(rows))


def test_given_recommendations_when_conversion_is_asked_then_each_has_what_came_of_it(store: Path) -> None:
    answer = {row["recommendation_id"]: (row["views"], row["applications"], row["converted"]) for row in
              ask("conversion_by_recommendation", store)}  # fmt: skip
    assert answer == {"all recommendations": (2, 1, True), "r1": (1, 1, True), "r2": (1, 0, False)}
    assert next(iter(answer)) == "all recommendations"


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.sql")), ids=lambda path: path.stem)
def test_given_a_query_file_when_read_then_it_says_what_it_answers_and_prunes_by_arrival(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"-- [A-Z].{20,}\.\n", text)
    assert re.search(r"(WHERE|AND) arrival >= date_format\(", text)
