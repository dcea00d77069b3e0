"""Every function that apps invoke, in every documented form of a request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.common.environments import ROOT

FUNCTIONS = ("recommend", "rerank", "similar", "trending", "get_history")


def payload(function: str) -> dict:
    return json.loads((ROOT / "seed" / "payloads" / f"{function}.json").read_text())


def check(function: str, answer: Any) -> None:
    """Check that the bare answer has the documented form."""
    if function == "recommend":
        assert len(answer) == payload("recommend")["limit"]
        assert all(item["id"].count("-") >= 3 for item in answer)
    elif function == "rerank":
        given = [item["itemId"] for item in payload("rerank")["itemMetadataList"]]
        assert sorted(answer["ranking"]) == sorted(given)
        assert answer["personalizeResponse"]["ResponseMetadata"]["HTTPStatusCode"] == 200
    elif function in ("similar", "trending"):
        assert len(answer) <= payload(function)["limit"]
        assert all("pet" in element for element in answer)
    else:
        assert isinstance(answer["events"], list)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_bare_payload_is_answered_with_the_bare_result(system, function):
    answer, error = system.invoke(function, payload(function))
    assert error is None, answer
    check(function, answer)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_payload_under_body_is_answered_as_a_response(system, function):
    answer, error = system.invoke(function, {"body": payload(function)})
    assert error is None, answer
    assert answer["statusCode"] == 200
    check(function, json.loads(answer["body"]))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_an_api_gateway_event_is_answered_as_a_response(system, function, version):
    method = {"httpMethod": "POST"} if version == "1.0" else {"requestContext": {"http": {"method": "POST"}}}
    event = {"version": version, "headers": {"content-type": "application/json"}, "isBase64Encoded": False} | method
    answer, error = system.invoke(function, event | {"body": json.dumps(payload(function))})
    assert error is None, answer
    assert answer["statusCode"] == 200
    assert answer["headers"]
    check(function, json.loads(answer["body"]))


def test_wrong_input_names_each_wrong_field(system):
    wrong = {"userId": [], "limit": 501}
    bare, error = system.invoke("recommend", wrong)
    assert error is None
    assert {problem["field"] for problem in bare["errors"]} == {"userId", "limit"}
    answer, error = system.invoke("recommend", {"body": json.dumps(wrong)})
    assert error is None
    assert answer["statusCode"] == 400
    assert {problem["field"] for problem in json.loads(answer["body"])["errors"]} == {"userId", "limit"}
