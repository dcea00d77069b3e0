"""A request that stumbles over another thread's change is tried again, with its body."""

import pytest
from werkzeug import Request, Response
from werkzeug.test import Client

from local_aws.http.retry import with_retry


def stumbling(times: int, message: str = "dictionary changed size during iteration"):
    left = [times]

    def application(environ, start_response):
        body = Request(environ).get_data(as_text=True)
        if left[0]:
            left[0] -= 1
            raise RuntimeError(message)
        return Response(body)(environ, start_response)

    return with_retry(application)


def test_given_a_request_that_stumbles_when_tried_again_then_it_is_answered_with_its_whole_body() -> None:
    assert Client(stumbling(2)).post(data=b"whole body").get_data() == b"whole body"


@pytest.mark.parametrize("application", [stumbling(99), stumbling(1, "something else")])
def test_given_a_fault_that_stays_or_is_another_when_requested_then_it_is_raised(application) -> None:
    with pytest.raises(RuntimeError):
        Client(application).post(data=b"x")
