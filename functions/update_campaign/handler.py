"""Lambda entry point of update_campaign."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from update_campaign.function import Settings, make_handler

handler = make_handler(read_settings(Settings, os.environ), personalize=client("personalize"), ssm=client("ssm"))
