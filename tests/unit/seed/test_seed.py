"""The committed example data: what the generator writes, and whether it is what it claims to be."""

import csv
import itertools
import json
from collections import defaultdict
from pathlib import Path

import pytest

from animal_recommender.animal_groups import animal_group_id
from seed.generate import columns, write
from seed.visits import END

SEED = Path(__file__).resolve().parents[3] / "seed"
DAY = 86_400


@pytest.fixture(scope="module")
def items() -> list[dict[str, str]]:
    return _rows("items.csv")


@pytest.fixture(scope="module")
def visits() -> dict[str, list[dict[str, str]]]:
    by_user = defaultdict(list)
    for row in _rows("interactions.csv"):
        by_user[row["USER_ID"]].append(row)
    return by_user


def _rows(name: str) -> list[dict[str, str]]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_given_the_generator_when_run_again_then_it_writes_the_committed_bytes(tmp_path: Path) -> None:
    write(tmp_path)
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 3 + 148
    for name in written:
        assert (tmp_path / name).read_bytes() == (SEED / name).read_bytes(), f"{name}: run make seed"


@pytest.mark.parametrize("dataset", ["items", "interactions"])
def test_given_a_file_when_its_header_is_read_then_it_is_the_schema_in_order(dataset: str) -> None:
    with (SEED / f"{dataset}.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == columns(dataset)


def test_given_the_catalogue_then_it_is_every_breed_size_and_age_once(items: list[dict[str, str]]) -> None:
    breeds = {(row["ANIMAL_SPECIES_ID"], row["ANIMAL_PRIMARY_BREED_ID"]) for row in items}
    assert len(breeds) == 37
    assert sorted(species for species, _ in breeds) == ["1"] * 12 + ["2"] * 25
    expected = {
        f"{species}-{breed}-{size}-{age}"
        for (species, breed), size, age in itertools.product(breeds, range(1, 6), range(1, 6))
    }
    assert len(items) == 925
    assert {row["ITEM_ID"] for row in items} == expected


def test_given_an_item_then_its_id_is_made_by_the_one_function(items: list[dict[str, str]]) -> None:
    metadata = [name for name in columns("items") if name.startswith("ANIMAL_")]
    assert all(row["ITEM_ID"] == animal_group_id({name.lower(): row[name] for name in metadata}) for row in items)


def test_given_the_interactions_then_nobody_sees_an_item_before_it_exists(
    items: list[dict[str, str]], visits: dict[str, list[dict[str, str]]]
) -> None:
    created = {row["ITEM_ID"]: int(row["CREATION_TIMESTAMP"]) for row in items}
    rows = [row for rows in visits.values() for row in rows]
    assert all(created[row["ITEM_ID"]] < int(row["TIMESTAMP"]) < END for row in rows)
    assert sum(created_at > END - 30 * DAY for created_at in created.values()) >= 20  # something new to explore


def test_given_the_adopters_then_most_come_back_on_other_days(visits: dict[str, list[dict[str, str]]]) -> None:
    days = [
        len({int(row["TIMESTAMP"]) // DAY for row in rows})
        for user, rows in visits.items()
        if not user.startswith("sessionId")
    ]
    assert len(days) >= 1_000
    assert sum(one >= 2 for one in days) > 0.95 * len(days)
    assert sorted(days)[len(days) // 2] >= 3


def test_given_the_sessions_then_they_are_one_visit_and_never_apply(visits: dict[str, list[dict[str, str]]]) -> None:
    sessions = [rows for user, rows in visits.items() if user.startswith("sessionId")]
    assert len(sessions) >= 200
    for rows in sessions:
        assert int(rows[-1]["TIMESTAMP"]) - int(rows[0]["TIMESTAMP"]) < DAY
        assert all(row["EVENT_TYPE"] != "Application" for row in rows)


def test_given_the_funnel_then_each_step_is_rarer_and_follows_the_one_before(
    visits: dict[str, list[dict[str, str]]],
) -> None:
    steps = {"DetailView": 0, "Favorite": 0, "Application": 0}
    before = {"DetailView": None, "Favorite": "DetailView", "Application": "Favorite"}
    for rows in visits.values():
        seen = defaultdict(set)
        for row in rows:
            steps[row["EVENT_TYPE"]] += 1
            needed = before[row["EVENT_TYPE"]]
            assert needed is None or needed in seen[row["ITEM_ID"]]
            seen[row["ITEM_ID"]].add(row["EVENT_TYPE"])
    assert steps["DetailView"] > 5 * steps["Favorite"] > 10 * steps["Application"] > 0


def test_given_the_interactions_then_times_ascend_and_no_row_repeats() -> None:
    rows = [tuple(row.values()) for row in _rows("interactions.csv")]
    times = [int(row[2]) for row in rows]
    assert times == sorted(times)
    assert len(set(rows)) == len(rows)
    assert 25_000 <= len(rows) <= 40_000
    assert (SEED / "interactions.csv").stat().st_size < 2.5e6


@pytest.mark.parametrize("name", ["recommend", "rerank", "similar", "trending", "get_history", "event"])
def test_given_a_sample_payload_then_it_names_only_animals_of_the_catalogue(
    name: str, items: list[dict[str, str]]
) -> None:
    payload = json.loads((SEED / "payloads" / f"{name}.json").read_text(encoding="utf-8"))
    known = {row["ITEM_ID"] for row in items}
    animals = [payload, *payload.get("itemMetadataList", [])]
    groups = [animal_group_id(animal["animalMetadata"]) for animal in animals if "animalMetadata" in animal]
    assert payload["userId"]
    assert set(groups) <= known
