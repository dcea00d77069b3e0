"""Lambda entry point of put_pets."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from put_pets.function import Settings, make_handler

handler = make_handler(
    read_settings(Settings, os.environ),
    dynamodb=client("dynamodb", connections=16),
    functions=client("lambda"),
)
