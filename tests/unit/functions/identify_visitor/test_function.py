"""identify_visitor: a visitor is merged into one user, once, and a login never shows somebody else's history."""

import json
from typing import Any

import pytest

from animal_recommender.visitor_tokens import KmsSigningKeys, Visitor, VisitorTokens
from tests.unit.functions.browser import browser
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeDynamoDB, FakeKinesis, FakeKms
from tests.unit.functions.streams import NOW, event
from tests.unit.functions.streams import kinesis as batch


@pytest.fixture
def log_in(identify_visitor: Any, context: FakeContext) -> Any:
    """Identify a user whom API Gateway has verified; return the status and the answer."""

    def with_token(user: Any, token: Any, **claims: Any) -> tuple[int, Any]:
        request = browser({} if token is None else {"visitorToken": token})
        request["requestContext"]["authorizer"] = {"jwt": {"claims": {"sub": user, **claims}, "scopes": None}}
        answer = identify_visitor(request, context)
        return answer["statusCode"], json.loads(answer["body"])

    return with_token


@pytest.fixture
def visitor(tokens: VisitorTokens) -> str:
    """The token of the anonymous visitor `visitor-1`."""
    return tokens.issue(Visitor("visitor-1")).text


def views(session: str, *numbers: int) -> dict[str, Any]:
    """A batch of the stream with events of an anonymous visitor."""
    made = [event(userId=..., sessionId=session, eventId=f"{session}-{n}", timestamp=NOW - 100 + n) for n in numbers]
    return batch(*made, start=numbers[0] + 1)


def history(get_history: Any, context: FakeContext, **whose: str) -> list[str]:
    return [one["eventId"] for one in get_history(whose, context)["events"]]


@pytest.fixture
def stream_to_history(kinesis: FakeKinesis, record_history: Any, context: FakeContext) -> Any:
    """Let record_history process what is on the stream."""

    def process() -> None:
        records = [one for _, one in kinesis.records]
        kinesis.records.clear()
        if records:
            assert record_history(batch(*records, start=1000), context) == {"batchItemFailures": []}

    return process


def test_given_a_visitor_when_identified_then_its_history_is_the_users_and_each_event_is_there_once(
    log_in: Any, visitor: str, tokens: VisitorTokens, record_history: Any, get_history: Any, stream_to_history: Any
) -> None:
    context = FakeContext()
    record_history(batch(event(userId="user-1", sessionId="old", eventId="mine", timestamp=NOW - 500)), context)
    record_history(views("visitor-1", 1, 2, 3), context)

    status, answer = log_in("user-1", visitor)
    stream_to_history()

    assert (status, answer["userId"]) == (200, "user-1")
    assert tokens.verify(answer["token"]) == Visitor("visitor-1", "user-1")
    assert history(get_history, context, userId="user-1") == ["visitor-1-3", "visitor-1-2", "visitor-1-1", "mine"]
    assert history(get_history, context, sessionId="visitor-1") == []


def test_given_events_that_are_still_on_their_way_then_they_are_merged_too(
    log_in: Any, visitor: str, record_history: Any, get_history: Any, stream_to_history: Any
) -> None:
    context = FakeContext()
    record_history(views("visitor-1", 1, 2), context)

    log_in("user-1", visitor)
    record_history(views("visitor-1", 3, 4), context)
    stream_to_history()

    assert history(get_history, context, userId="user-1") == [f"visitor-1-{n}" for n in (4, 3, 2, 1)]


def test_given_a_visitor_then_personalize_learns_whose_its_session_is(
    log_in: Any, visitor: str, record_history: Any, kinesis: FakeKinesis, put_events: Any, personalize: Any
) -> None:
    context = FakeContext()
    record_history(views("visitor-1", 1, 2), context)

    log_in("user-1", visitor)
    ((key, sent),) = kinesis.records
    put_events(batch(sent), context)

    assert (key, sent["eventId"], sent["timestamp"]) == ("visitor-1", "visitor-1-2", pytest.approx(sent["timestamp"]))
    assert [(one["user"], one["session"]) for one in personalize.events.values()] == [("user-1", "session#visitor-1")]


def test_given_a_merged_visitor_when_another_user_takes_it_then_nothing_changes(
    log_in: Any, visitor: str, record_history: Any, get_history: Any, kinesis: FakeKinesis, stream_to_history: Any
) -> None:
    context = FakeContext()
    record_history(views("visitor-1", 1, 2), context)
    log_in("user-1", visitor)
    stream_to_history()

    status, answer = log_in("user-2", visitor)

    assert status == 409
    assert [one["field"] for one in answer["errors"]] == ["visitorToken"]
    assert "token" not in answer
    assert kinesis.records == []
    assert history(get_history, context, userId="user-2") == []
    assert len(history(get_history, context, userId="user-1")) == 2


def test_given_a_replay_by_the_same_user_then_the_answer_and_the_history_are_the_same(
    log_in: Any, visitor: str, record_history: Any, get_history: Any, stream_to_history: Any
) -> None:
    context = FakeContext()
    record_history(views("visitor-1", 1, 2), context)

    for _ in range(3):
        assert log_in("user-1", visitor)[0] == 200
        stream_to_history()

    assert history(get_history, context, userId="user-1") == ["visitor-1-2", "visitor-1-1"]


@pytest.mark.parametrize("faults", range(4))
def test_given_a_request_that_broke_off_anywhere_then_sending_it_again_completes_it(
    log_in: Any,
    visitor: str,
    record_history: Any,
    get_history: Any,
    stream_to_history: Any,
    dynamodb: FakeDynamoDB,
    kinesis: FakeKinesis,
    faults: int,
) -> None:
    context = FakeContext()
    record_history(views("visitor-1", 1, 2), context)
    steps = dynamodb.calls
    calls = dynamodb._call
    dynamodb._call = lambda: calls() if dynamodb.calls < steps + faults else _break_off()  # type: ignore[method-assign]
    with pytest.raises(type(THROTTLED)):
        log_in("user-1", visitor)
    dynamodb._call = calls  # type: ignore[method-assign]

    assert log_in("user-1", visitor)[0] == 200
    stream_to_history()

    assert history(get_history, context, userId="user-1") == ["visitor-1-2", "visitor-1-1"]


def _break_off() -> None:
    raise THROTTLED


def test_given_a_visitor_who_did_nothing_then_the_next_event_of_the_user_merges_the_session(
    log_in: Any, visitor: str, kinesis: FakeKinesis
) -> None:
    assert log_in("user-1", visitor)[0] == 200
    assert kinesis.records == []


def test_given_no_visitor_then_the_user_gets_a_session_of_its_own(log_in: Any, tokens: VisitorTokens) -> None:
    sessions = [tokens.verify(log_in("user-1", None)[1]["token"]) for _ in range(2)]

    assert [one.user_id for one in sessions] == ["user-1"] * 2
    assert sessions[0].session_id != sessions[1].session_id


def test_given_the_users_own_token_then_it_is_renewed(
    log_in: Any, tokens: VisitorTokens, dynamodb: FakeDynamoDB
) -> None:
    own = tokens.issue(Visitor("visitor-1", "user-1")).text

    assert tokens.verify(log_in("user-1", own)[1]["token"]) == Visitor("visitor-1", "user-1")
    assert dynamodb.calls == 0


def test_given_another_users_token_then_it_is_refused_and_nothing_is_written(
    log_in: Any, tokens: VisitorTokens, dynamodb: FakeDynamoDB
) -> None:
    assert log_in("user-2", tokens.issue(Visitor("visitor-1", "user-1")).text)[0] == 409
    assert dynamodb.calls == 0


@pytest.mark.parametrize("token", ["", "a.b.c", "visitor-1", 7, [], {"sub": "visitor-1"}, "x" * 5000])
def test_given_a_visitor_token_that_proves_nothing_then_nothing_is_written(
    log_in: Any, dynamodb: FakeDynamoDB, token: Any
) -> None:
    status, answer = log_in("user-1", token)

    assert status == 400
    assert [one["field"] for one in answer["errors"]] == ["visitorToken"]
    assert dynamodb.calls == 0


def test_given_a_visitor_token_of_another_environment_or_an_expired_one_then_nothing_is_written(
    log_in: Any, kms: FakeKms, dynamodb: FakeDynamoDB
) -> None:
    foreign = VisitorTokens(KmsSigningKeys(lambda: kms, "key", "prod"), 30)
    old = VisitorTokens(KmsSigningKeys(lambda: kms, "key", "test"), 30, lambda: NOW - 31 * 86_400)

    for one in (foreign, old):
        assert log_in("user-1", one.issue(Visitor("visitor-1")).text)[0] == 400
    assert dynamodb.calls == 0


@pytest.mark.parametrize("user", [None, "", "undefined", "guest", "session#visitor-2", "u" * 257, [], {}])
def test_given_a_login_without_an_id_of_a_user_then_it_is_refused(
    log_in: Any, visitor: str, dynamodb: FakeDynamoDB, user: Any
) -> None:
    status, answer = log_in(user, visitor, email="a@example.org")

    assert status == 403
    assert [one["field"] for one in answer["errors"]] == ["claims.sub"]
    assert dynamodb.calls == 0


@pytest.mark.parametrize("field", ["userId", "sessionId", "visitorId", "sub"])
def test_given_an_id_in_the_body_then_it_is_refused(
    identify_visitor: Any, visitor: str, dynamodb: FakeDynamoDB, field: str
) -> None:
    request = browser({"visitorToken": visitor, field: "user-2"})
    request["requestContext"]["authorizer"] = {"jwt": {"claims": {"sub": "user-1"}}}

    assert identify_visitor(request, FakeContext())["statusCode"] == 400
    assert dynamodb.calls == 0


@pytest.mark.parametrize("context", [{}, {"authorizer": None}, {"authorizer": {"iam": {"userId": "user-1"}}}])
def test_given_no_login_that_api_gateway_has_verified_then_nobody_is_identified(
    identify_visitor: Any, visitor: str, context: Any
) -> None:
    request = browser({"visitorToken": visitor}, headers={"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    request["requestContext"] |= context

    assert identify_visitor(request, FakeContext())["statusCode"] == 401


def test_given_a_second_browser_then_the_user_keeps_the_first_session_there_too(
    log_in: Any, visitor: str, tokens: VisitorTokens
) -> None:
    first = tokens.verify(log_in("user-1", visitor)[1]["token"])
    second = log_in("user-1", tokens.issue(Visitor("visitor-2")).text)[1]["token"]
    renewed = log_in("user-1", second)[1]["token"]

    assert (first.session_id, first.first_session) == ("visitor-1", "visitor-1")
    assert tokens.verify(second) == tokens.verify(renewed) == Visitor("visitor-2", "user-1", "visitor-1")
    assert tokens.verify(second).first_session == "visitor-1"
