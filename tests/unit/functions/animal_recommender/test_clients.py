"""The AWS clients."""

from animal_recommender.clients import client


def test_given_the_same_arguments_then_the_client_is_made_once_and_with_its_limits() -> None:
    made = client("sqs", read_timeout=1.5, attempts=2)
    assert made is client("sqs", read_timeout=1.5, attempts=2)
    assert (made.meta.config.read_timeout, made.meta.config.retries["total_max_attempts"]) == (1.5, 2)
    assert made.meta.region_name == "eu-west-1"
