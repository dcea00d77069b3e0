"""Lambda entry point of accept_events."""

import os

from accept_events.function import Settings, make_handler
from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from animal_recommender.visitor_access import find_visitor_tokens

_settings = read_settings(Settings, os.environ)

handler = make_handler(
    _settings,
    # One attempt: failed records are put again here, together with those that a partial failure leaves.
    kinesis=client("kinesis", connect_timeout=0.5, read_timeout=1.0, attempts=1),
    tokens=find_visitor_tokens(_settings),
)
