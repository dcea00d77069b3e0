"""rerank: every item once, in the order of Personalize's groups, and in input order in an outage."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.functions.conftest import CAMPAIGN_ARN
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakePersonalize, error
from tests.unit.functions.streams import METADATA


def item(item_id: Any, breed: str = "Pug", **changes: Any) -> dict[str, Any]:
    return {"itemId": item_id, "animalMetadata": {**METADATA, "animal_primary_breed_id": breed, **changes}}


def group(breed: str) -> str:
    return f"1-{breed}-1-2"


def test_given_items_then_the_request_has_each_group_once_and_items_follow_their_groups(
    rerank: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    personalize.answer = [{"itemId": group("B"), "score": 0.7}, {"itemId": group("A"), "score": 0.3}]
    items = [item("1", "A"), item(2, "B"), item("3", "A"), item("4", "B")]

    answer = rerank({"userId": 12345, "itemMetadataList": items}, context)

    assert answer == {
        "ranking": ["2", "4", "1", "3"],
        "personalizeResponse": {
            "personalizedRanking": personalize.answer,
            "recommendationId": "rid-2",
            "ResponseMetadata": {"RequestId": "1"},
        },
        "source": "personalize",
    }
    assert personalize.calls == [
        {"campaignArn": CAMPAIGN_ARN, "userId": "12345", "inputList": [group("A"), group("B")]}
    ]


def test_given_groups_without_score_or_not_ranked_then_they_come_last(
    rerank: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    personalize.answer = [{"itemId": group("new")}, {"itemId": group("B"), "score": 0.7}]

    answer = rerank(
        {
            "sessionId": "s",
            "itemMetadataList": [item("1", "lost"), item("2", "new"), item("3", "B"), item("4", "lost")],
        },
        context,
    )

    assert answer["ranking"] == ["3", "2", "1", "4"]
    assert personalize.calls[0]["userId"] == "session#s"


def test_given_an_empty_list_then_personalize_is_not_called(
    rerank: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    assert rerank({"userId": "u", "itemMetadataList": []}, context)["ranking"] == []
    assert personalize.calls == []


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ({}, ["userId", "itemMetadataList"]),
        ({"userId": "u" * 257, "itemMetadataList": {}}, ["userId", "itemMetadataList"]),
        (
            {"userId": "u", "itemMetadataList": [item("1"), {}, "x", item([], animal_age_id=9)]},
            [
                "itemMetadataList[1].itemId",
                "itemMetadataList[1].animalMetadata",
                "itemMetadataList[2]",
                "itemMetadataList[3].itemId",
                "itemMetadataList[3].animalMetadata.animal_age_id",
            ],
        ),
        ({"userId": "u", "itemMetadataList": [item(n, f"b{n}") for n in range(501)]}, ["itemMetadataList"]),
        ({"userId": "u", "itemMetadataList": [], "filter": {"name": "?"}}, ["filter.name"]),
    ],
)
def test_given_invalid_input_then_every_wrong_field_is_named(
    rerank: Any, context: FakeContext, payload: Any, fields: list[str]
) -> None:
    assert [problem["field"] for problem in rerank(payload, context)["errors"]] == fields
    assert rerank({"body": json.dumps(payload), "requestContext": {}}, context)["statusCode"] == 400


def test_given_many_items_of_few_groups_then_only_groups_count(rerank: Any, context: FakeContext) -> None:
    items = [item(n, f"b{n % 500}") for n in range(2000)]

    assert len(rerank({"userId": "u", "itemMetadataList": items}, context)["ranking"]) == 2000


def test_given_more_wrong_items_than_a_response_can_name_then_it_fits_and_says_so(
    rerank: Any, context: FakeContext
) -> None:
    answer = rerank({"body": {"userId": "u", "itemMetadataList": [{"animalMetadata": {}}] * 100_000}}, context)

    errors = json.loads(answer["body"])["errors"]
    assert (answer["statusCode"], len(errors)) == (400, 2503)
    assert errors[-1]["field"] == "itemMetadataList"
    assert "none from 834 on was read" in errors[-1]["message"]
    assert len(answer["body"]) < 1_000_000


def test_given_an_outage_then_the_input_order_is_returned_marked_and_counted(
    rerank: Any, personalize: FakePersonalize, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    personalize.faults = [THROTTLED, error("ServiceUnavailable", 503)]

    answer = rerank({"userId": "u", "itemMetadataList": [item("2"), item("1"), item("3", "A")]}, context)

    assert answer == {"ranking": ["2", "1", "3"], "personalizeResponse": {}, "source": "input"}
    emf = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert emf["DegradedAnswers"] == [1.0]


def test_given_a_request_that_personalize_refuses_then_it_is_invalid_and_not_degraded(
    rerank: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    personalize.faults = [error("InvalidInputException", 400, f"no {group('Pug')}")]

    (problem,) = rerank({"userId": "u", "itemMetadataList": [item("1")]}, context)["errors"]
    assert problem == {"field": "payload", "message": "is refused: no …"}


BREEDS = st.sampled_from("ABCDEF")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    breeds=st.lists(BREEDS, max_size=30),
    ranked=st.lists(st.tuples(BREEDS, st.booleans()), unique_by=lambda pair: pair[0]),
)
def test_given_any_ranking_then_each_item_comes_once_and_groups_stay_together(
    rerank: Any, personalize: FakePersonalize, context: FakeContext, breeds: list[str], ranked: list[tuple[str, bool]]
) -> None:
    personalize.answer = [{"itemId": group(b), **({"score": 0.1} if scored else {})} for b, scored in ranked] or [
        {"itemId": "x"}
    ]
    items = [item(str(n), breed) for n, breed in enumerate(breeds)]

    ranking = rerank({"userId": "u", "itemMetadataList": items}, context)["ranking"]

    assert ranking == rerank({"userId": "u", "itemMetadataList": items}, context)["ranking"], "deterministic"
    assert sorted(ranking, key=int) == [str(n) for n in range(len(breeds))]
    order = [breeds[int(item_id)] for item_id in ranking]
    scored = [b for b, has_score in ranked if has_score]
    expected = [*scored, *(b for b, has_score in ranked if not has_score), *dict.fromkeys(breeds)]
    assert list(dict.fromkeys(order)) == [b for b in dict.fromkeys(expected) if b in breeds]
    for breed in breeds:
        places = [int(item_id) for item_id in ranking if breeds[int(item_id)] == breed]
        assert places == sorted(places)
    assert order == sorted(order, key=list(dict.fromkeys(order)).index), "groups are not mixed"


def test_given_one_animal_of_unknown_size_then_the_others_are_ranked_and_it_has_its_place(
    rerank: Any, context: FakeContext
) -> None:
    animals = [item("1", "A"), item("2", "B"), item("3", "C")]
    animals[2]["animalMetadata"]["animal_size_id"] = None

    answer = rerank({"userId": "u", "itemMetadataList": animals}, context)

    assert sorted(answer["ranking"]) == ["1", "2", "3"]


def test_given_more_ids_than_a_response_can_hold_then_the_request_is_refused_by_name(
    rerank: Any, context: FakeContext
) -> None:
    animals = [item("\U0001f408" * 250 + str(number)) for number in range(2600)]

    answer = rerank({"body": {"userId": "u", "itemMetadataList": animals}}, context)

    assert answer["statusCode"] == 400
    assert "send fewer animals" in json.loads(answer["body"])["errors"][0]["message"]
    fitting = rerank({"body": {"userId": "u", "itemMetadataList": animals[:2400]}}, context)
    assert fitting["statusCode"] == 200
    assert len(json.dumps(fitting, ensure_ascii=False).encode()) < 6_000_000
