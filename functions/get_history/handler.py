"""Lambda entry point of get_history."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from get_history.function import Settings, make_handler

handler = make_handler(
    read_settings(Settings, os.environ), dynamodb=client("dynamodb", connect_timeout=1.0, read_timeout=2.0)
)
