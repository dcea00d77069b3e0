"""A call whose answer did not arrive is repeated by its SDK, and carried out once."""

from werkzeug import Request, Response
from werkzeug.test import Client

from local_aws.http.idempotency import IdempotentResponses


class Service:
    """Counts what it carries out; answers with the count, or fails when told to."""

    def __init__(self) -> None:
        self.carried_out, self.status = 0, 200

    def __call__(self, environ, start_response):
        self.carried_out += 1
        body = Request(environ).get_data(as_text=True)
        return Response(f"{body} {self.carried_out}", self.status)(environ, start_response)


def attempt(client: Client, call: str | None, method: str = "POST") -> tuple[int, str]:
    headers = {"Amz-Sdk-Invocation-Id": call} if call else {}
    answer = client.open(method=method, data=b"create", headers=headers)
    return answer.status_code, answer.get_data(as_text=True)


def test_given_a_call_that_succeeded_when_repeated_then_it_is_answered_again_and_not_carried_out_again() -> None:
    service = Service()
    client = Client(IdempotentResponses(service))
    assert attempt(client, "one") == attempt(client, "one") == (200, "create 1")
    assert attempt(client, "two") == (200, "create 2")
    assert service.carried_out == 2


def test_given_a_call_that_failed_when_repeated_then_it_is_carried_out_again() -> None:
    service = Service()
    client = Client(IdempotentResponses(service))
    service.status = 500
    assert attempt(client, "one") == (500, "create 1")
    service.status = 200
    assert attempt(client, "one") == (200, "create 2")


def test_given_reads_and_calls_without_an_id_when_repeated_then_each_is_carried_out() -> None:
    service = Service()
    client = Client(IdempotentResponses(service))
    assert attempt(client, "one", "GET") != attempt(client, "one", "GET")
    assert attempt(client, None) != attempt(client, None)


def test_given_more_large_responses_than_the_limit_then_the_oldest_are_forgotten() -> None:
    client = Client(IdempotentResponses(Service()))
    calls = [{"Amz-Sdk-Invocation-Id": str(number)} for number in range(300)]
    for call in calls:
        client.post(data=b"x" * 60_000, headers=call)
    assert client.post(data=b"x", headers=calls[-1]).get_data(as_text=True).endswith(" 300")
    assert client.post(data=b"x", headers=calls[0]).get_data(as_text=True) == "x 301"
