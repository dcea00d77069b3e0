"""Lambda entry point of import_pets."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from import_pets.function import Settings, make_handler
from import_pets.pet_import import THREADS

handler = make_handler(
    read_settings(Settings, os.environ),
    dynamodb=client("dynamodb", read_timeout=10.0, attempts=8, connections=THREADS + 4),
    s3=client("s3", read_timeout=30.0, attempts=5),
    functions=client("lambda"),
)
