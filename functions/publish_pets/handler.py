"""Lambda entry point of publish_pets."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from publish_pets.function import Settings, make_handler
from publish_pets.publisher import Clients

handler = make_handler(
    read_settings(Settings, os.environ),
    Clients(
        dynamodb=client("dynamodb", attempts=1),
        s3=client("s3"),
        personalize=client("personalize"),
        personalize_events=client("personalize-events"),
    ),
)
