"""recommend: requests, responses, filters, promotion, and the popular list in an outage."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.unit.functions.conftest import CAMPAIGN_ARN, FILTERS
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakePersonalize, FakeS3, error

STORED = {"general": ["1-a-1-1", "2-b-1-1", "1-c-1-1"], "species": {"1": ["1-a-1-1", "1-c-1-1"], "2": ["2-b-1-1"]}}


def ids(answer: list[dict[str, Any]]) -> list[str]:
    return [element["id"] for element in answer]


def test_given_a_user_then_the_response_has_ids_scores_and_the_recommendation_id(
    recommend: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    answer = recommend({"userId": "3578196281679609099", "limit": 2}, context)

    assert answer == [
        {"id": "1-breed-1-1", "score": 1.0, "recommendationId": "rid-1", "source": "personalize"},
        {"id": "1-breed-2-1", "score": 0.5, "recommendationId": "rid-1", "source": "personalize"},
    ]
    assert personalize.calls == [{"campaignArn": CAMPAIGN_ARN, "userId": "3578196281679609099", "numResults": 2}]


def test_given_no_limit_then_there_are_ten(recommend: Any, context: FakeContext) -> None:
    assert len(recommend({"userId": 5}, context)) == 10


def test_given_only_a_session_then_it_is_used_as_a_user_that_no_user_can_be(
    recommend: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    recommend({"sessionId": "s-9"}, context)
    recommend({"sessionId": "s-9", "userId": "u"}, context)

    assert [call["userId"] for call in personalize.calls] == ["session#s-9", "u"]


def test_given_no_user_and_no_session_then_each_request_has_an_unknown_user(
    recommend: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    recommend({}, context)
    recommend({"userId": None}, context)

    assert len({call["userId"] for call in personalize.calls}) == 2


def test_given_a_filter_and_a_promotion_then_the_request_has_their_arns_and_quoted_values(
    recommend: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    recommend(
        {
            "userId": "u",
            "filter": {"name": "species", "values": {"SPECIES": ["1", 2]}},
            "promotion": {"name": "new-arrivals", "percent": 20},
        },
        context,
    )

    (call,) = personalize.calls
    assert call["filterArn"] == FILTERS["species"].arn
    assert call["filterValues"] == {"SPECIES": '"1","2"'}
    assert call["promotions"] == [
        {"name": "new-arrivals", "percentPromotedItems": 20, "filterArn": FILTERS["new-arrivals"].arn}
    ]


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ({"userId": {}, "sessionId": [], "limit": 501}, ["userId", "sessionId", "limit"]),
        (
            {"userID": "u", "user_id": "u", "numResults": 2, "filters": {}},
            ["userID", "user_id", "numResults", "filters"],
        ),
        ({"filter": {"name": "new-arrivals", "value": {}}}, ["filter.value"]),
        ({"limit": 0}, ["limit"]),
        ({"limit": "many"}, ["limit"]),
        ({"limit": True}, ["limit"]),
        ({"userId": "x" * 257, "filter": {"name": "none"}}, ["userId", "filter.name"]),
        ({"filter": "species"}, ["filter"]),
        ({"filter": {"name": "species"}}, ["filter.values.SPECIES"]),
        ({"promotion": {"name": "species", "percent": 9, "values": {"S": "1"}}}, ["promotion.values.SPECIES"]),
        ({"filter": {"name": "species", "values": ["1"]}}, ["filter.values"]),
        ({"filter": {"name": "species", "values": {"SPECIES": "1", "a b": "1"}}}, ["filter.values"]),
        ({"filter": {"name": "species", "values": {"SPECIES": 'a"b'}}}, ["filter.values.SPECIES"]),
        ({"filter": {"name": "species", "values": {"SPECIES": []}}}, ["filter.values.SPECIES"]),
        ({"filter": {"name": "species", "values": {"SPECIES": "x" * 1000}}}, ["filter.values.SPECIES"]),
        ({"promotion": {"name": ["species"], "percent": 101}}, ["promotion.name", "promotion.percent"]),
        ({"promotion": {}}, ["promotion.name", "promotion.percent"]),
    ],
)
def test_given_invalid_input_then_every_wrong_field_is_named_and_personalize_is_not_called(
    recommend: Any, personalize: FakePersonalize, context: FakeContext, payload: Any, fields: list[str]
) -> None:
    assert [problem["field"] for problem in recommend(payload, context)["errors"]] == fields
    assert personalize.calls == []

    answer = recommend({"body": json.dumps(payload)}, context)
    assert answer["statusCode"] == 400
    assert [problem["field"] for problem in json.loads(answer["body"])["errors"]] == fields


OUTAGES = [
    THROTTLED,
    error("InternalServerError", 500),
    error("ResourceNotFoundException", 404),
    error("AccessDeniedException", 403),
    ReadTimeoutError(endpoint_url="x"),
    ConnectTimeoutError(endpoint_url="x"),
]


@pytest.mark.parametrize("fault", OUTAGES, ids=lambda fault: type(fault).__name__)
def test_given_an_outage_then_the_popular_list_is_returned_marked_and_counted(
    recommend: Any,
    personalize: FakePersonalize,
    s3: FakeS3,
    context: FakeContext,
    fault: Exception,
    capsys: pytest.CaptureFixture[str],
) -> None:
    s3.body = json.dumps(STORED).encode()
    personalize.faults = [fault, fault]

    answer = recommend({"userId": "u", "limit": 2}, context)

    assert answer == [{"id": "1-a-1-1", "source": "popular"}, {"id": "2-b-1-1", "source": "popular"}]
    emf = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert (emf["Requests"], emf["DegradedAnswers"]) == ([1.0], [1.0])


def test_given_an_outage_and_a_species_then_its_own_list_is_returned(
    recommend: Any, personalize: FakePersonalize, s3: FakeS3, context: FakeContext
) -> None:
    s3.body = json.dumps(STORED).encode()

    for species, expected in (("1", ["1-a-1-1", "1-c-1-1"]), (["2", 1], ["2-b-1-1", "1-a-1-1", "1-c-1-1"]), (9, [])):
        personalize.faults = [THROTTLED] * 2
        assert ids(recommend({"filter": {"name": "species", "values": {"SPECIES": species}}}, context)) == expected


def test_given_one_throttled_call_then_the_second_attempt_succeeds(
    recommend: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    personalize.faults = [THROTTLED]

    assert recommend({"userId": "u"}, context)[0]["source"] == "personalize"


@pytest.mark.parametrize("body", [b"", b"[", b"{}"])
def test_given_an_outage_and_no_list_then_the_response_is_empty_and_not_an_error(
    recommend: Any, personalize: FakePersonalize, s3: FakeS3, context: FakeContext, body: bytes
) -> None:
    personalize.faults = [THROTTLED] * 2
    s3.body = body
    s3.faults = [] if body else [error("NoSuchKey", 404)]

    assert recommend({"body": {"userId": "u"}}, context)["body"] == "[]"


def test_given_a_request_that_personalize_refuses_then_the_error_has_no_user_data_and_the_answer_is_not_degraded(
    recommend: Any, personalize: FakePersonalize, context: FakeContext
) -> None:
    personalize.faults = [error("InvalidInputException", 400, "bad value for user SECRET")]

    (problem,) = recommend({"userId": "SECRET"}, context)["errors"]
    assert "bad value for user …" in problem["message"]
    assert len(personalize.calls) == 1


def test_given_user_data_then_none_of_it_is_logged(
    recommend: Any,
    personalize: FakePersonalize,
    context: FakeContext,
    logs: io.StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    personalize.faults = [error("InternalServerError", 500, "SECRET")] * 2
    recommend({"userId": "SECRET", "sessionId": "SECRET"}, context)

    assert json.loads(logs.getvalue().splitlines()[0])["function_request_id"] == "request-1"
    assert "SECRET" not in logs.getvalue() + "".join(capsys.readouterr())
