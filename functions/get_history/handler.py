"""Lambda entry point of get_history."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from animal_recommender.visitor_access import find_visitor_tokens
from get_history.function import Settings, make_handler

_settings = read_settings(Settings, os.environ)

handler = make_handler(
    _settings,
    dynamodb=client("dynamodb", connect_timeout=1.0, read_timeout=2.0),
    tokens=find_visitor_tokens(_settings),
)
