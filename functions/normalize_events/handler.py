"""Lambda entry point of normalize_events."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from normalize_events.function import Settings, make_handler

handler = make_handler(
    read_settings(Settings, os.environ),
    # One attempt: reads of the catalogue are repeated where they are made.
    make_dynamodb=lambda: client("dynamodb", attempts=1),
)
