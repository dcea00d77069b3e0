"""Lambda entry point of check_interactions."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from check_interactions.function import Settings, make_handler

handler = make_handler(
    read_settings(Settings, os.environ),
    personalize=client("personalize"),
    cloudwatch=client("cloudwatch"),
    ssm=client("ssm"),
)
