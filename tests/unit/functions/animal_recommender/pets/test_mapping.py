"""Mappings: expressions, tables of words, defaults, and what is wrong with a mapping or an animal."""

from typing import Any

import pytest

from animal_recommender.pets.mapping import FeedMapping, SkippedError
from animal_recommender.validation import ValidationError

FIELDS = {"id": "key", "species": "kind"}


def errors(call: Any, *arguments: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as raised:
        call(*arguments)
    return {one.field: one.message for one in raised.value.errors}


def test_given_no_fields_then_an_animal_is_taken_as_it_is() -> None:
    mapping = FeedMapping({})
    assert mapping.read({"id": 7, "fields": {"sex": "f"}, "size": None}) == {"id": 7, "fields": {"sex": "f"}}
    assert mapping.read({"id": "7", "fields.sex": "f", "latitude": "1.5"}) == {
        "id": "7",
        "fields": {"sex": "f"},
        "latitude": 1.5,
    }


def test_given_words_then_case_and_spaces_do_not_matter_and_numbers_are_words_too() -> None:
    words = {"species": {"Big  Dog": "2", "true": "3", "4": "4", "*": "9"}}
    mapping = FeedMapping({"fields": FIELDS, "words": words})
    found = [mapping.read({"key": "1", "kind": kind})["species"] for kind in (" big dog ", True, 4, "Yak")]
    assert found == ["2", "3", "4", "9"]


def test_given_a_word_to_skip_then_the_animal_is_left_out() -> None:
    mapping = FeedMapping({"fields": FIELDS, "words": {"species": {"yak": "skip"}}})
    with pytest.raises(SkippedError):
        mapping.read({"key": "1", "kind": "yak"})


def test_given_a_word_that_no_table_has_then_the_error_names_it() -> None:
    mapping = FeedMapping({"fields": FIELDS, "words": {"species": {"yak": "5"}}})
    assert errors(mapping.read, {"key": "1", "kind": "Gnu"}) == {
        "species": "has a word that the mapping's table lacks: gnu"
    }


@pytest.mark.parametrize("kind", [None, "", "N/A", "null", []])
def test_given_a_missing_value_then_the_default_counts(kind: Any) -> None:
    mapping = FeedMapping({"fields": FIELDS, "words": {"species": {"yak": "5"}}, "defaults": {"species": "1"}})
    assert mapping.read({"key": "1", "kind": kind}) == {"id": "1", "species": "1"}


def test_given_dates_in_several_forms_then_they_become_iso_dates() -> None:
    mapping = FeedMapping({"fields": {"id": "id", "birthDate": "born || date(us, '%m/%d/%Y')", "listedAt": "listed"}})
    read = [
        mapping.read({"id": "1", "born": 1619827200, "listed": "2026-01-02"}),
        mapping.read({"id": "1", "us": "05/31/2023", "listed": "1795600000"}),
        mapping.read({"id": "1", "born": "2023-05-31T10:00:00+02:00"}),
    ]
    assert read == [
        {"id": "1", "birthDate": "2021-05-01", "listedAt": "2026-01-02T00:00:00.000000Z"},
        {"id": "1", "birthDate": "2023-05-31", "listedAt": "2026-11-25T09:46:40.000000Z"},
        {"id": "1", "birthDate": "2023-05-31"},
    ]


@pytest.mark.parametrize("born", [20230531, "20230531", " 20230531 ", "2023-05-31"])
def test_given_a_compact_date_then_it_is_this_day_as_in_requests(born: Any) -> None:
    assert FeedMapping({}).read({"id": "1", "birthDate": born, "listedAt": born}) == {
        "id": "1",
        "birthDate": "2023-05-31",
        "listedAt": "2023-05-31T00:00:00.000000Z",
    }


@pytest.mark.parametrize("value", [2023, "2023", 45077, "45077", "45077.5", "20231301", 10**400, 9e11, "9" * 12])
@pytest.mark.parametrize("field", ["birthDate", "listedAt", "updatedAt"])
def test_given_a_number_that_may_be_a_year_or_a_spreadsheets_day_then_it_is_no_date(field: str, value: Any) -> None:
    assert errors(FeedMapping({}).read, {"id": "1", field: value}).keys() == {field}


def test_given_an_expression_that_does_not_fit_then_the_field_is_wrong_and_no_other() -> None:
    mapping = FeedMapping({"fields": {"id": "id", "breed": "join('-', breeds)", "birthDate": "date(born, '%Y')"}})
    assert errors(mapping.read, {"id": "1", "breeds": 5, "born": "May"}).keys() == {"breed", "birthDate"}
    assert mapping.read_id({"id": "1", "breeds": 5}) == "1"


def test_given_functions_that_jmespath_lacks_then_null_stays_null() -> None:
    fields = {"id": "lower(id)", "breed": "replace(split(breed, '/')[1], ' ', '_')"}
    mapping = FeedMapping({"fields": fields})
    assert mapping.read({"id": "A", "breed": "x / y z"}) == {"id": "a", "breed": "y_z"}
    assert mapping.read({"id": "A"}) == {"id": "a"}


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"fields": {"id": "a."}}, "m.fields.id"),
        ({"fields": {"species": "a"}}, "m.fields.id"),
        ({"fields": {"id": "a", "colour": "b"}}, "m.fields.colour"),
        ({"fields": {"id": 5}}, "m.fields.id"),
        ({"records": "[?", "fields": {"id": "a"}}, "m.records"),
        ({"words": {"species": {"dog": 2}}}, "m.words.species.dog"),
        ({"words": {"kind": {"dog": "2"}}}, "m.words.kind"),
        ({"words": {"species": "dog"}}, "m.words.species"),
        ({"defaults": []}, "m.defaults"),
        ({"field": {}}, "m.field"),
        ([], "m"),
    ],
)
def test_given_a_wrong_mapping_then_the_error_names_the_part(document: Any, field: str) -> None:
    assert field in errors(FeedMapping, document, "m")


def test_given_a_document_without_the_list_then_it_is_refused() -> None:
    assert errors(FeedMapping({"records": "animals"}).find_records, {"pets": []}).keys() == {"records"}
    assert FeedMapping({}).find_records({"pets": [1]}) == FeedMapping({}).find_records([1]) == [1]


def test_given_json_api_with_strange_relationships_then_the_animal_is_still_read() -> None:
    mapping = FeedMapping(
        {
            "records": "data",
            "resolveRelationships": True,
            "fields": {"id": "id", "shelter": "relationships.orgs[0].id", "species": "relationships.species[0].x"},
        }
    )
    records = mapping.find_records(
        {"data": [{"id": "1"}, {"id": "2", "relationships": {"orgs": None, "species": {"data": None}}}, 3]}
    )
    assert [mapping.read(record) for record in records[:2]] == [{"id": "1"}, {"id": "2"}]
    assert errors(mapping.read, records[2]).keys() == {"payload"}


@pytest.mark.parametrize("included", [None, 5, [None], ["x"], [{"type": ["orgs"], "id": "1"}], [{"type": "orgs"}]])
@pytest.mark.parametrize("data", [5, "x", ["x"], [None], {"type": ["orgs"], "id": "1"}])
def test_given_damaged_json_api_then_its_links_lead_nowhere(included: Any, data: Any) -> None:
    mapping = FeedMapping({"records": "data", "resolveRelationships": True, "fields": {"id": "id"}})
    animal = {"id": "1", "relationships": {"orgs": {"data": data}}}
    (found,) = mapping.find_records({"data": [animal], "included": included})
    assert found["relationships"] == {"orgs": []}


def test_given_a_list_as_document_then_relationships_are_resolved_from_nothing() -> None:
    mapping = FeedMapping({"resolveRelationships": True, "fields": {"id": "id"}})
    link = {"type": "orgs", "id": "1"}
    (found,) = mapping.find_records([{"id": "1", "relationships": {"orgs": {"data": link}}}])
    assert found["relationships"] == {"orgs": [link]}


def test_given_an_expression_that_does_not_fit_the_document_then_there_are_no_animals() -> None:
    assert errors(FeedMapping({"records": "keys(animals)"}).find_records, {"animals": 5}).keys() == {"records"}
