"""Lambda entry point of put_events."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from put_events.function import Settings, make_handler

_settings = read_settings(Settings, os.environ)

handler = make_handler(
    _settings,
    # One attempt: the sender retries itself, because it knows how much time is left.
    personalize=client(
        "personalize-events",
        connect_timeout=1.0,
        read_timeout=_settings.personalize_timeout_seconds,
        attempts=1,
        connections=_settings.concurrency,
    ),
    sqs=client("sqs"),
    # One attempt: reads of the catalogue are repeated here.
    dynamodb=client("dynamodb", attempts=1),
    # Made when it is first needed: a group is new only once.
    make_lambda=lambda: client("lambda"),
)
