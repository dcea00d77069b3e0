"""Calls of a campaign: a few attempts within the time limit, and no user data in an error."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from animal_recommender.campaign import (
    ATTEMPTS,
    LONGEST_PAUSE,
    UnavailableError,
    call_campaign,
    campaign_client,
    record_degraded_answer,
)
from animal_recommender.observability import metrics
from animal_recommender.validation import ValidationError
from tests.unit.functions.fakes import THROTTLED, error


def failing(*faults: Exception) -> tuple[Callable[[], str], list[Exception]]:
    """An operation that raises the faults, one for each call, and then answers; and the faults that are left."""
    left = list(faults)

    def operation() -> str:
        if left:
            raise left.pop(0)
        return "answer"

    return operation, left


@pytest.mark.parametrize(
    "fault",
    [
        THROTTLED,
        error("InternalServerError", 500),
        ReadTimeoutError(endpoint_url="x"),
        ConnectTimeoutError(endpoint_url="x"),
    ],
)
def test_given_a_transient_error_then_there_is_a_second_attempt_after_a_short_pause(fault: Exception) -> None:
    pauses: list[float] = []

    assert call_campaign(failing(fault)[0], [], pauses.append) == "answer"
    assert [0 <= pause <= LONGEST_PAUSE for pause in pauses] == [True]


def test_given_more_transient_errors_than_attempts_then_it_is_unavailable() -> None:
    operation, left = failing(*[THROTTLED] * (ATTEMPTS + 1))

    with pytest.raises(UnavailableError, match="ThrottlingException"):
        call_campaign(operation, [], lambda _: None)
    assert len(left) == 1


def test_given_a_configuration_error_then_there_is_no_second_attempt() -> None:
    operation, left = failing(error("AccessDeniedException", 403), THROTTLED)

    with pytest.raises(UnavailableError, match="AccessDeniedException"):
        call_campaign(operation, [], lambda _: None)
    assert len(left) == 1


def test_given_a_request_that_personalize_refuses_then_the_error_has_its_reason_without_user_data() -> None:
    refusal = error("InvalidInputException", message="User ann and item 1-Pug-1-1 (anna, 1-Pug-1-11) are not valid")

    with pytest.raises(ValidationError) as raised:
        call_campaign(failing(refusal)[0], ["ann", "1-Pug-1-1"], lambda _: None)

    assert str(raised.value) == "payload: is refused: User … and item … (anna, 1-Pug-1-11) are not valid"


def test_given_a_time_limit_then_all_attempts_and_pauses_of_a_client_fit_it() -> None:
    config = campaign_client(2.0).meta.config

    attempt = config.connect_timeout + config.read_timeout
    assert ATTEMPTS * (attempt + LONGEST_PAUSE) <= 2.0 + 1e-9
    assert config.retries == {"total_max_attempts": 1, "mode": "standard"}


def test_given_a_degraded_answer_then_it_is_counted() -> None:
    record_degraded_answer(UnavailableError("ThrottlingException"))

    assert metrics.metric_set["DegradedAnswers"]["Value"] == [1.0]
