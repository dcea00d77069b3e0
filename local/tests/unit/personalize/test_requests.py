"""Requests over HTTP: validation by the service model, error documents, faults, what the service tells of itself."""

import json
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from local_aws.faults import Faults
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.operation_registry import OPERATIONS
from local_aws.personalize.operations_table import BEGIN, END, table, updated
from local_aws.personalize.service_model import operations
from local_aws.testing.in_process import NOW, World


def control(world: World, operation: str, body: Any, region: str = "us-east-1") -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, str) else json.dumps(body)
    scope = f"AWS4-HMAC-SHA256 Credential=key/20260101/{region}/personalize/aws4_request, SignedHeaders=host"
    headers = {"X-Amz-Target": f"AmazonPersonalize.{operation}", "Authorization": scope}
    response = world.app.handle(Request(EnvironBuilder(method="POST", data=data, headers=headers).get_environ()))
    return response.status_code, json.loads(response.data)


def faults(held: Faults, method: str, body: Any = None) -> Response:
    data = None if body is None else json.dumps(body)
    return held.handle(Request(EnvironBuilder(path="/_local/faults", method=method, data=data).get_environ()))


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({}, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        ({"name": "a" * 64}, "length less than or equal to 63"),
        ({"name": "no spaces"}, "regular expression pattern"),
        ({"name": "a", "roleArn": "role"}, "'role' at 'roleArn'"),
        ({"name": "a", "tags": [{"tagKey": ""}]}, "2 validation errors detected"),
        ({"name": "a", "domain": "PETS"}, "enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]"),
    ],
)
def test_given_a_request_that_breaks_the_model_when_sent_then_every_constraint_is_named(
    world: World, request_: dict[str, Any], message: str
) -> None:
    status, document = control(world, "CreateDatasetGroup", request_)
    assert (status, document["__type"]) == (400, "InvalidInputException")
    assert message in document["message"]


@pytest.mark.parametrize(
    ("operation", "body", "status", "code"),
    [
        ("CreateDatasetGroup", "{", 400, "SerializationException"),
        ("CreateDatasetGroup", [1], 400, "SerializationException"),
        ("CreateDatasetGroup", {"name": 1}, 400, "SerializationException"),
        ("CreateDatasetGroup", "[" * 5000, 400, "SerializationException"),
        ("CreateDatasetGroup", '{"name": "a", "domain": 1e999}', 400, "SerializationException"),
        ("ListSchemas", {"nextToken": "W1tb" * 360}, 400, "InvalidNextTokenException"),
        ("ListSchemas", {"maxResults": "3"}, 400, "SerializationException"),
        ("ListSchemas", {"maxResults": 101}, 400, "InvalidInputException"),
        ("MakeCoffee", {}, 404, "UnknownOperationException"),
        ("CreateRecommender", {}, 501, "NotImplementedException"),
        ("DescribeSchema", {"schemaArn": "arn:aws:personalize:::schema/x"}, 400, "ResourceNotFoundException"),
    ],
)
def test_given_bad_requests_when_sent_then_the_error_has_a_name(
    world: World, operation: str, body: Any, status: int, code: str
) -> None:
    answered, document = control(world, operation, body)
    assert (answered, document["__type"]) == (status, code)


def test_given_a_failure_inside_when_sent_then_no_stack_trace_leaves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.app.service().store, "all", lambda *_, **__: 1 / 0)
    status, document = control(world, "ListSchemas", {})
    assert status == 500
    assert document == {"__type": "InternalFailure", "message": "The local Amazon Personalize failed; see its log."}


def test_given_two_regions_when_used_then_each_has_resources_of_its_own(world: World) -> None:
    _, document = control(world, "CreateDatasetGroup", {"name": "group"}, region="eu-west-1")
    assert document["datasetGroupArn"].startswith("arn:aws:personalize:eu-west-1:123456789012:")
    assert len(control(world, "ListDatasetGroups", {}, region="us-east-1")[1]["datasetGroups"]) == 1


def test_given_fault_rates_when_set_and_reset_then_calls_fail_and_work_again(world: World) -> None:
    held = world.app.faults
    assert faults(held, "PUT", {"operations": {"ListSchemas": {"throttleRate": 1}}}).status_code == 200
    assert control(world, "ListSchemas", {}) == (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
    assert control(world, "ListSolutions", {})[0] == 200
    faults(held, "POST", {"operations": {"*": {"errorRate": 0.5}}})
    codes = {control(world, "ListSolutions", {})[0] for _ in range(50)}
    assert codes == {200, 500}
    assert json.loads(faults(held, "DELETE").data)["operations"] == {}
    assert control(world, "ListSchemas", {})[0] == 200


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"what": {}},
        {"operations": []},
        {"operations": {"A": {"rate": 1}}},
        {"operations": {"A": {"errorRate": "x"}}},
    ],
)
def test_given_a_wrong_fault_document_when_set_then_it_is_refused_and_nothing_changes(document: Any) -> None:
    held = Faults()
    held.add({"failNextTraining": {"*": "kept"}})
    assert faults(held, "PUT", document).status_code == 400
    assert held.document()["failNextTraining"] == {"*": "kept"}


def test_given_a_training_that_is_to_fail_when_it_runs_then_it_gives_the_reason_and_the_next_works(
    stocked: World,
) -> None:
    stocked.app.faults.add({"failNextTraining": {"solution": "out of capacity"}})
    failed, worked = (stocked.train(stocked.arns["solution"]) for _ in range(2))
    assert (failed["status"], failed["failureReason"]) == ("CREATE FAILED", "out of capacity")
    assert worked["status"] == "ACTIVE"


def test_given_streamed_events_when_asked_for_then_each_is_told_once_by_user_and_session(stocked: World) -> None:
    stocked.put("s1", "i1", eventId="a")
    stocked.put("s1", "i2", eventId="b", user="u")
    stocked.put("s2", "i3", eventId="b")

    def ask(query: str) -> dict[str, Any]:
        environ = EnvironBuilder(path="/_local/personalize/events", query_string=query).get_environ()
        return json.loads(stocked.app.introspect(Request(environ)).data)

    tracking = f"trackingId={stocked.arns['tracking']}"
    assert ask(tracking) == {
        "recorded": 2,
        "duplicates": 1,
        "users": {"u": ["a", "b"]},
        "sessions": {"s1": ["a", "b"]},
    }
    assert ask(f"{tracking}&sessionId=s2")["recorded"] == 0
    assert "no event tracker" in ask("trackingId=x")["message"]
    summary = stocked.app.introspect(Request(EnvironBuilder(path="/_local/personalize").get_environ()))
    assert json.loads(summary.data)["us-east-1"]["resources"]["Solution"] == {"ACTIVE": 1}


def test_given_the_service_model_when_tabled_then_every_operation_works_or_is_named_as_missing() -> None:
    text = table()
    assert all(name in text for name in operations())
    assert set(OPERATIONS) <= set(operations())
    page = f"# Page\n{BEGIN}\nold\n{END}\nrest\n"
    assert updated(page) == f"# Page\n{BEGIN}\n{text}{END}\nrest\n"
    with pytest.raises(ValueError, match="operations:begin"):
        updated("# Page")


def test_given_legacy_properties_when_put_then_item_and_value_are_read_from_them(stocked: World) -> None:
    event = {"eventType": "view", "sentAt": NOW, "properties": '{"itemId": "i5", "eventValue": 0.5}'}
    stocked.call("PutEvents", trackingId=stocked.arns["tracking"], sessionId="s", eventList=[event])
    history = stocked.app.service().data(stocked.arns["group"]).interactions.history("s", 9)
    assert [(held.item_id, held.event_value) for held in history] == [("i5", 0.5)]


@pytest.mark.parametrize(
    "properties",
    ['{"itemId": ["i5"]}', '{"itemId": 5}', json.dumps({"itemId": "i" * 257}), '{"eventValue": "much"}', "[" * 1000],
)
def test_given_properties_of_wrong_types_when_put_then_they_are_refused_and_nothing_is_recorded(
    stocked: World, properties: str
) -> None:
    log = stocked.app.service().data(stocked.arns["group"]).interactions
    before = len(log)
    event = {"eventType": "view", "sentAt": NOW, "properties": properties}
    with pytest.raises(InvalidInputError):
        stocked.call("PutEvents", trackingId=stocked.arns["tracking"], sessionId="s", eventList=[event])
    assert len(log) == before


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"autoTrainingConfig": {"schedulingExpression": "rate(0 days)"}}, "1 to 30 days, not 0"),
        ({"algorithmHyperParameters": {"recency_mask": "maybe"}}, "true or false, not maybe"),
        ({"algorithmHyperParameters": {"bptt": "\u00b2"}}, "between 2 and 32"),
        ({"eventValueThreshold": "nan"}, "must be a number, not nan"),
    ],
)
def test_given_a_value_that_no_training_could_use_when_a_solution_is_made_then_it_is_refused(
    stocked: World, config: dict[str, Any], message: str
) -> None:
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
    request = {"name": "s", "datasetGroupArn": stocked.arns["group"], "recipeArn": recipe, "eventType": "view"}
    with pytest.raises(InvalidInputError, match=message):
        stocked.call("CreateSolution", solutionConfig=config, **request)
