"""Imports of feeds: what is written, removed, refused, and that any number of runs end the same."""

import csv
import gzip
import io
import itertools
import json
import random
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from animal_recommender.pets.pet_table import CATALOGUE_KEY
from tests.unit.functions.fakes import THROTTLED
from tests.unit.functions.import_pets.feeds import Catalogue, counts
from tests.unit.functions.pets_table import KilledError, pet

COMPLETE, CHANGES = "feeds/complete/pets.jsonl", "feeds/changes/pets.jsonl"


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


def pets(*ids: Any, **fields: Any) -> list[dict[str, Any]]:
    return [pet(str(one), **fields) for one in ids]


def test_given_a_first_feed_then_its_pets_are_there_and_the_change_is_announced(catalogue: Catalogue) -> None:
    report = catalogue.import_file(COMPLETE, pets(1, 2, 3))
    assert (report["state"], counts(report)) == ("imported", {"added": 3})
    assert catalogue.table.statuses() == {"1": "available", "2": "available", "3": "available"}
    assert catalogue.functions.invoked == ["publish:live"]
    assert catalogue.table.pets()["1"].listed_at == "2026-11-26T12:01:00.000000Z"


def test_given_a_second_complete_feed_then_what_it_lacks_is_removed_and_the_history_is_kept(
    catalogue: Catalogue,
) -> None:
    catalogue.import_file(COMPLETE, pets(*range(1, 7)))
    report = catalogue.import_file(COMPLETE, [*pets(1, 2, 3, 4), pet("5", status="adopted"), pet("7")])
    assert counts(report) == {"added": 1, "changed": 1, "removed": 1, "unchanged": 4}
    assert catalogue.table.statuses() == {
        **dict.fromkeys("12347", "available"),
        "5": "adopted",
        "6": "removed",
    }
    assert catalogue.table.history("5") == ["available", "adopted"]
    assert catalogue.table.history("6") == ["available", "removed"]


def test_given_changes_then_the_other_pets_stay(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(1, 2, 3))
    report = catalogue.import_file(CHANGES, [pet("2", status="pending"), pet("9")])
    assert counts(report) == {"added": 1, "changed": 1}
    assert catalogue.table.statuses() == {"1": "available", "2": "pending", "3": "available", "9": "available"}


def test_given_too_many_removals_then_nothing_is_written_unless_the_sender_allows_it(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(*range(10)))
    before = catalogue.table.pets()
    refused = catalogue.import_file(COMPLETE, pets(1, 2, 3, 4, 5, 6, "new"))
    assert (refused["state"], refused["reasons"][0]["field"]) == ("refused", "feed")
    assert "4 of 10" in refused["reasons"][0]["message"]
    assert catalogue.table.pets() == before
    allowed = catalogue.import_file(COMPLETE, pets(1, 2, 3, 4, 5, 6, "new"), **{"maximum-removed-share": "0.4"})
    assert counts(allowed) == {"added": 1, "removed": 4, "unchanged": 6}


@pytest.mark.parametrize("status", ["hidden", "removed"])
def test_given_a_feed_that_hides_most_pets_itself_then_it_is_refused(catalogue: Catalogue, status: str) -> None:
    catalogue.import_file(COMPLETE, pets(*range(10)))
    for key in (COMPLETE, CHANGES):
        assert catalogue.import_file(key, pets(*range(10), status=status))["state"] == "refused"
    assert set(catalogue.table.statuses().values()) == {"available"}


@pytest.mark.parametrize("status", ["adopted", "pending", "hidden"])
def test_given_a_feed_of_another_folder_then_it_cannot_empty_the_site_either(catalogue: Catalogue, status: str) -> None:
    catalogue.import_file("feeds/complete/default/north/pets.jsonl", pets(*range(20)))
    for key in (COMPLETE, CHANGES, "feeds/changes/default/other/pets.jsonl"):
        report = catalogue.import_file(key, pets(*range(20), status=status))
        assert "20 of 20" in report["reasons"][0]["message"]
    assert set(catalogue.table.statuses().values()) == {"available"}


def test_given_the_adoptions_of_a_small_shelter_then_all_are_taken(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(*range(10)))
    assert counts(catalogue.import_file(CHANGES, pets(*range(10), status="adopted"))) == {"changed": 10}


def test_given_changes_from_another_folder_then_the_pet_keeps_its_source(catalogue: Catalogue) -> None:
    north = "feeds/complete/default/north/pets.jsonl"
    catalogue.import_file(north, pets(*range(10)))
    catalogue.import_file(CHANGES, [pet("5", name="Bella"), pet("new")])
    assert catalogue.table.origin("5") == ("default/north", "changed")
    assert catalogue.table.origin("new") == ("default", "added")
    catalogue.import_file(north, pets(0, 1, 2, 3, 4, 6, 7, 8, 9))
    assert catalogue.table.statuses()["5"] == "removed"


def test_given_an_empty_feed_then_the_site_keeps_its_pets(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(1, 2, 3))
    for content in ("", "\n", "[]"):
        assert catalogue.import_file(COMPLETE, content.replace("[]", ""))["state"] == "refused"
    assert catalogue.import_file("feeds/complete/pets.json", "[]")["state"] == "refused"
    assert set(catalogue.table.statuses().values()) == {"available"}


def test_given_two_pets_then_one_may_leave(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(1, 2))
    assert counts(catalogue.import_file(COMPLETE, pets(1))) == {"removed": 1, "unchanged": 1}
    assert catalogue.import_file(COMPLETE, pets("other"))["state"] == "refused"


def test_given_broken_rows_then_each_is_reported_with_line_and_field_and_the_others_are_imported(
    catalogue: Catalogue,
) -> None:
    rows = [json.dumps(pet(str(number))) for number in range(200)]
    rows[10] = json.dumps({**pet("10"), "status": "sold", "size": 9})
    rows[150] = '{"id": "150", "spec'
    report = catalogue.import_file(COMPLETE, "\n".join(rows))
    assert counts(report) == {"added": 198, "refused": 2}
    assert [(one["line"], one.get("id"), [wrong["field"] for wrong in one["errors"]]) for one in report["broken"]] == [
        (11, "10", ["size", "status"]),
        (151, None, ["line"]),
    ]


def test_given_a_broken_row_of_a_known_pet_then_the_pet_is_not_removed(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(*range(10)))
    report = catalogue.import_file(COMPLETE, [*pets(*range(8)), {**pet("8"), "status": "?"}])
    assert counts(report) == {"unchanged": 8, "removed": 1, "refused": 1}
    assert catalogue.table.statuses()["8"] == "available"


def test_given_a_row_without_a_readable_id_then_nothing_is_removed_and_the_report_says_so(
    catalogue: Catalogue,
) -> None:
    catalogue.import_file(COMPLETE, pets(*range(10)))
    report = catalogue.import_file(COMPLETE, [*pets(*range(9)), {"name": "Who?"}])
    assert (counts(report), report["removalsHeldBackFor"]) == ({"unchanged": 9, "refused": 1}, 1)
    assert set(catalogue.table.statuses().values()) == {"available"}


def test_given_only_broken_rows_then_the_feed_is_refused_and_the_report_names_each(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in (COMPLETE, CHANGES):
        report = catalogue.import_file(key, [{"id": "1"}, {"id": "2"}])
        assert (report["state"], len(report["broken"])) == ("refused", 2)
        assert "no valid row" in report["reasons"][0]["message"]
        assert '"FeedsRefused":[1.0]' in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["1" * 4_000, "x" * 257])
def test_given_a_row_with_an_id_that_is_none_then_the_report_does_not_repeat_it(
    catalogue: Catalogue, wrong: str
) -> None:
    report = catalogue.import_file(CHANGES, [pet("1"), pet(wrong)])
    assert [(one["line"], "id" in one) for one in report["broken"]] == [(2, False)]


@pytest.mark.parametrize("word", ["\\ud800", "\\u001b[31m"])
def test_given_a_word_that_nobody_can_print_then_the_report_has_it_as_an_escape(
    catalogue: Catalogue, word: str
) -> None:
    mapping = {"fields": {"id": "id", "species": "kind"}, "words": {"species": {"dog": "2"}}}
    catalogue.bucket.put_object(Bucket="pets", Key="mappings/ours.json", Body=json.dumps(mapping).encode())
    row = '{"id": "1", "kind": "<word>"}'.replace("<word>", word)
    report = catalogue.import_file("feeds/changes/ours/pets.jsonl", row)
    assert report["broken"][0]["errors"][0]["message"].endswith(("lacks: \\ud800", "lacks: \\x1b[31m"))


def test_given_a_csv_file_then_its_columns_are_fields(catalogue: Catalogue) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["id", "species", "breed", "size", "status", "latitude", "longitude", "name", "fields.note"])
    writer.writerow(["1", "2", "Beagle", "", "available", "48.5", "-16.25", "Ben", 'Ben; "the dog"\nof two lines'])
    report = catalogue.import_file("feeds/complete/a b+c.csv.gz", gzip.compress(text.getvalue().encode("utf-8-sig")))
    assert counts(report) == {"added": 1}
    stored = catalogue.table.pets()["1"]
    assert (stored.latitude, stored.longitude, stored.name) == (48.5, -16.25, "Ben")
    assert stored.fields == {"note": 'Ben; "the dog"\nof two lines'}
    assert stored.animal["animal_size_id"] == "0"


@pytest.mark.parametrize("name", ["pets.csv.gz", "pets.jsonl.gz", "pets.json.gz"])
def test_given_a_compressed_file_that_is_cut_off_or_none_then_it_is_refused_and_nobody_leaves(
    catalogue: Catalogue, name: str
) -> None:
    catalogue.import_file(COMPLETE, pets(*range(10)))
    text = "\n".join(json.dumps(one) for one in pets(*range(8)))
    for body in (gzip.compress(text.encode())[:-20], text.encode()):
        report = catalogue.import_file(f"feeds/complete/{name}", body)
        assert (report["state"], [reason["field"] for reason in report["reasons"]]) == ("refused", ["file"])
    assert set(catalogue.table.statuses().values()) == {"available"}


def test_given_a_document_with_an_empty_list_of_pets_then_it_is_a_feed_without_pets(catalogue: Catalogue) -> None:
    report = catalogue.import_file("feeds/changes/pets.json", b'{"pets": []}')
    assert (report["state"], counts(report)) == ("imported", {})


def test_given_a_late_older_feed_then_newer_data_stay(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(1, 2, 3, 4))
    older = catalogue.upload(CHANGES, [pet("1", status="adopted"), pet("late")])
    oldest_complete = catalogue.upload(COMPLETE, [*pets(1, 2, 3), pet("lost")])
    newer = catalogue.upload(COMPLETE, pets(1, 2, 3, 4, 5))
    catalogue.run(newer)
    before = catalogue.table.pets()
    for late in (older, oldest_complete):
        assert catalogue.run(late)["state"] == "stale"
        assert catalogue.table.pets() == before


def test_given_changes_in_the_wrong_order_then_the_newest_counts_even_if_it_changed_nothing(
    catalogue: Catalogue,
) -> None:
    catalogue.import_file(CHANGES, pets(1))
    first, second = catalogue.upload(CHANGES, pets(1, status="adopted")), catalogue.upload(CHANGES, pets(1))
    assert counts(catalogue.run(second)) == {"unchanged": 1}
    assert counts(catalogue.run(first)) == {"stale": 1}
    assert catalogue.table.statuses() == {"1": "available"}


def test_given_an_export_that_was_sent_late_then_the_time_of_the_export_counts(catalogue: Catalogue) -> None:
    catalogue.import_file(CHANGES, pets(1))
    report = catalogue.import_file(CHANGES, pets(1, status="adopted"), **{"exported-at": "2026-11-26T11:00:00Z"})
    assert counts(report) == {"stale": 1}


def test_given_software_that_sends_the_time_of_changes_then_a_pet_that_returns_is_available_again(
    catalogue: Catalogue,
) -> None:
    of_may = pets(*range(5), updatedAt="2026-05-01T00:00:00Z")
    catalogue.import_file(COMPLETE, of_may)
    catalogue.import_file(COMPLETE, of_may[1:])
    assert catalogue.table.statuses()["0"] == "removed"
    assert counts(catalogue.import_file(COMPLETE, of_may)) == {"added": 1, "unchanged": 4}
    assert catalogue.table.statuses()["0"] == "available"


def test_given_two_sources_then_a_complete_feed_removes_only_pets_of_its_own(catalogue: Catalogue) -> None:
    catalogue.import_file("feeds/complete/default/north/1.jsonl", pets("n1", "n2", "n3", "n4"))
    catalogue.import_file("feeds/complete/default/south/1.jsonl", pets("s1", "s2"))
    report = catalogue.import_file("feeds/complete/default/north/2.jsonl", pets("n1", "n2", "n3"))
    assert counts(report) == {"unchanged": 3, "removed": 1}
    assert [one for one, status in catalogue.table.statuses().items() if status == "removed"] == ["n4"]


def test_given_one_id_twice_then_the_newer_data_count_and_else_the_later_row(catalogue: Catalogue) -> None:
    rows = [
        pet("1", name="first", updatedAt="2026-11-26T10:00:00Z"),
        pet("1", name="older", updatedAt="2026-11-26T09:00:00Z"),
        pet("2", name="first"),
        pet("2", name="second"),
    ]
    report = catalogue.import_file(CHANGES, rows)
    assert counts(report) == {"added": 2, "repeated": 2}
    assert {one: pet.name for one, pet in catalogue.table.pets().items()} == {"1": "first", "2": "second"}


@pytest.mark.parametrize(
    ("key", "content", "field"),
    [
        ("feeds/pets.jsonl", "{}", "key"),
        ("feeds/complete/nobody/pets.jsonl", "{}", "key"),
        ("feeds/complete/pets.xlsx", "", "file"),
        ("feeds/complete/pets.json", "{", "file"),
        ("feeds/complete/pets.json", '{"animals": []}', "records"),
        ("feeds/complete/pets.csv", "", "header"),
        ("feeds/complete/pets.csv", "id,id\n1,1\n", "header"),
    ],
)
def test_given_a_file_that_cannot_be_read_then_it_is_refused_with_a_reason(
    catalogue: Catalogue, key: str, content: str, field: str
) -> None:
    report = catalogue.import_file(key, content)
    assert (report["state"], [reason["field"] for reason in report["reasons"]]) == ("refused", [field])


@pytest.mark.parametrize(
    "metadata",
    [
        {"maximum-removed-share": "30%"},
        *({"exported-at": one} for one in ("yesterday", "2099-01-01", "0001-01-01", "999999999999")),
    ],
)
def test_given_wrong_metadata_then_the_feed_is_refused_and_they_are_named(
    catalogue: Catalogue, metadata: dict[str, str]
) -> None:
    report = catalogue.import_file(COMPLETE, pets(1), **metadata)
    assert (report["state"], report["reasons"][0]["field"]) == ("refused", *metadata)


def test_given_a_clock_that_is_ahead_then_a_later_feed_counts_all_the_same(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(1, 2), **{"exported-at": "2026-11-27T01:00:00Z"})
    assert counts(catalogue.import_file(COMPLETE, pets(1))) == {"removed": 1, "unchanged": 1}


def test_given_the_same_event_twice_then_the_second_does_nothing(catalogue: Catalogue) -> None:
    event = catalogue.upload(COMPLETE, pets(1, 2))
    first = catalogue.run(event)
    calls = len(catalogue.table.calls)
    assert catalogue.run(event) == first
    assert catalogue.table.calls[calls:].count("PutItem") == 0


def test_given_an_import_that_is_killed_anywhere_then_the_next_run_ends_the_same_with_the_same_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("import_pets.pet_import.THREADS", 1)
    feed = [*pets(1, 2, 3, 4, 5, 6), pet("7", status="adopted"), pet("9"), {"id": "10"}]

    def prepare() -> tuple[Catalogue, dict[str, Any]]:
        catalogue = Catalogue()
        catalogue.import_file(COMPLETE, pets(*range(1, 9)))
        return catalogue, catalogue.upload(COMPLETE, feed)

    undisturbed, event = prepare()
    calls = len(undisturbed.table.calls)
    expected = counts(undisturbed.run(event))
    assert expected == {"added": 1, "changed": 1, "removed": 1, "unchanged": 6, "refused": 1}
    for kill_at in range(len(undisturbed.table.calls) - calls):
        catalogue, event = prepare()
        left = itertools.count(kill_at, -1)

        def kill(operation: str, left: Any = left) -> None:
            if next(left) <= 0:
                raise KilledError

        catalogue.table.before_call = kill
        with pytest.raises(KilledError):
            catalogue.run(event)
        catalogue.table.before_call = lambda operation: None
        assert counts(catalogue.run(event)) == expected
        assert catalogue.table.pets() == undisturbed.table.pets()


def test_given_a_feed_that_is_being_imported_then_the_catalogue_is_marked_as_changed_before_its_end(
    catalogue: Catalogue,
) -> None:
    event = catalogue.upload(COMPLETE, pets(*range(250)))
    marked = []

    def note(operation: str) -> None:
        if operation == "BatchGetItem":
            marked.append(catalogue.table.find(CATALOGUE_KEY) is not None)

    catalogue.table.before_call = note
    catalogue.run(event)
    assert marked == [False, True, True]


@pytest.mark.parametrize("own_times", [{}, {"updatedAt": "2026-11-25T08:00:00Z"}])
@pytest.mark.parametrize("seed", range(5))
def test_given_runs_of_several_feeds_at_once_then_the_newest_complete_feed_decides(
    seed: int, own_times: dict[str, str]
) -> None:
    chance = random.Random(seed)
    catalogue = Catalogue()
    catalogue.import_file(COMPLETE, pets(*range(30), name="of 3", **own_times), **{"maximum-removed-share": "1"})
    events = []
    for number in range(4):
        chosen = chance.sample(range(40), 28)
        feed = pets(*chosen, name="of 3", **own_times)  # with times of their own, pets that have not changed
        if not own_times:
            feed = [{**one, "status": chance.choice(["available", "pending"]), "name": f"of {number}"} for one in feed]
        events.append(catalogue.upload(COMPLETE, feed, **{"maximum-removed-share": "1"}))
    runs = [*events, *events]
    chance.shuffle(runs)
    threads = [threading.Thread(target=catalogue.run, args=[event]) for event in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for event in events:
        catalogue.run(event)  # as Lambda does for a run that ended with an error
    newest = {one["id"]: one["status"] for one in feed}
    others = {one: "removed" for one in catalogue.table.statuses() if one not in newest}
    assert catalogue.table.statuses() == dict(sorted({**newest, **others}.items()))
    assert {pet.name for pet in catalogue.table.pets().values() if pet.status != "removed"} == {"of 3"}


def test_given_an_older_feed_that_ends_after_a_newer_one_then_what_it_added_is_removed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalogue = Catalogue()
    catalogue.import_file(COMPLETE, pets(1, 2, 3, 4))
    older, newer = catalogue.upload(COMPLETE, pets(1, 2, 3, 4, "extra")), catalogue.upload(COMPLETE, pets(1, 2, 3, 4))

    def run_newer_before_the_first_write(operation: str) -> None:
        if operation == "BatchGetItem":
            catalogue.table.before_call = lambda operation: None
            catalogue.run(newer)

    catalogue.table.before_call = run_newer_before_the_first_write
    assert catalogue.run(older)["state"] == "stale"
    assert catalogue.table.statuses() == {**dict.fromkeys("1234", "available"), "extra": "removed"}


def test_given_a_pet_that_was_put_after_the_upload_then_the_feed_changes_nothing_of_it(catalogue: Catalogue) -> None:
    catalogue.import_file(COMPLETE, pets(1, 2, 3, 4))
    complete = catalogue.upload(COMPLETE, pets(1, 2, 3))
    catalogue.import_file(CHANGES, pets(4, status="pending"))
    assert counts(catalogue.run(complete)) == {"unchanged": 3}
    assert catalogue.table.statuses()["4"] == "pending"


def test_given_a_service_that_does_not_answer_then_the_import_fails_and_says_so_until_it_is_run_again(
    catalogue: Catalogue,
) -> None:
    event = catalogue.upload(COMPLETE, pets(1))

    def refuse(operation: str) -> None:
        if operation == "Scan":
            raise THROTTLED

    catalogue.table.before_call = refuse
    with pytest.raises(ClientError):
        catalogue.run(event)
    catalogue.table.before_call = lambda operation: None
    assert catalogue.report(event)["state"] == "failed"
    assert catalogue.run(event)["state"] == "imported"


def test_given_a_folder_that_somebody_made_in_the_console_then_it_is_no_feed(catalogue: Catalogue) -> None:
    assert catalogue.import_file("feeds/complete/asm3/", b"") == {}


def test_given_a_report_that_cannot_be_written_then_the_next_run_writes_it(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = catalogue.upload(COMPLETE, pets(1))
    put = catalogue.bucket.put_object

    def refuse(**parameters: Any) -> dict[str, str]:
        raise THROTTLED

    monkeypatch.setattr(catalogue.bucket, "put_object", refuse)
    with pytest.raises(ClientError):
        catalogue.run(event)
    assert catalogue.report(event)["state"] == "failed"
    monkeypatch.setattr(catalogue.bucket, "put_object", put)
    assert counts(catalogue.run(event)) == {"added": 1}
