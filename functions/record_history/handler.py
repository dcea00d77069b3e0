"""Lambda entry point of record_history."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from record_history.function import TIMEOUT, Settings, make_handler

_settings = read_settings(Settings, os.environ)

handler = make_handler(
    _settings,
    # One attempt: the table's requests are retried here, because it is known how much time is left.
    dynamodb=client(
        "dynamodb", connect_timeout=1.0, read_timeout=TIMEOUT, attempts=1, connections=_settings.concurrency
    ),
    sqs=client("sqs"),
)
