"""Lambda entry point of report_outcome."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from report_outcome.function import Settings, make_handler

handler = make_handler(
    read_settings(Settings, os.environ), personalize=client("personalize"), ssm=client("ssm"), sns=client("sns")
)
