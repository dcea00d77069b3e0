"""Lambda entry point of identify_visitor."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from animal_recommender.visitor_access import make_visitor_tokens
from identify_visitor.function import Settings, make_handler

_settings = read_settings(Settings, os.environ)

handler = make_handler(
    _settings,
    tokens=make_visitor_tokens(_settings),
    dynamodb=client("dynamodb", connect_timeout=1.0, read_timeout=2.0),
    kinesis=client("kinesis", connect_timeout=1.0, read_timeout=2.0),
)
