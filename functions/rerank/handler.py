"""Lambda entry point of rerank."""

import os

from animal_recommender.campaign import campaign_client
from animal_recommender.settings import read_settings
from rerank.function import Settings, make_handler

_settings = read_settings(Settings, os.environ)

handler = make_handler(_settings, personalize=campaign_client(_settings.personalize_timeout_seconds))
