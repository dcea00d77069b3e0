"""Lambda entry point of recommend."""

import os

from animal_recommender.campaign import campaign_client
from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from recommend.function import Settings, make_handler

_settings = read_settings(Settings, os.environ)

handler = make_handler(
    _settings,
    personalize=campaign_client(_settings.personalize_timeout_seconds),
    # Made when it is first needed: most processes never see an outage, and the client costs 25 ms at init.
    make_s3=lambda: client("s3", connect_timeout=0.5, read_timeout=1.0, attempts=2),
)
