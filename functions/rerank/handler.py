"""Lambda entry point of rerank."""

import os

from animal_recommender.campaign import campaign_client
from animal_recommender.clients import client
from animal_recommender.experiments.settings import find_experiments
from animal_recommender.settings import read_settings
from animal_recommender.visitor_access import find_visitor_tokens
from rerank.function import Settings, make_handler

_settings = read_settings(Settings, os.environ)

_experiments = find_experiments(_settings, "rerank")  # first, since they are read while the rest is made

handler = make_handler(
    _settings,
    experiments=_experiments,
    personalize=campaign_client(_settings.personalize_timeout_seconds),
    # Made when it is first needed, since a client costs 25 ms at init. One attempt: reads are repeated here.
    make_dynamodb=lambda: client("dynamodb", connect_timeout=0.5, read_timeout=1.0, attempts=1),
    tokens=find_visitor_tokens(_settings),
)
