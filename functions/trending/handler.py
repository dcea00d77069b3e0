"""Lambda entry point of trending."""

import os

from animal_recommender.recommendations import RecommendationSettings, recommendation_clients
from animal_recommender.settings import read_settings
from trending.function import make_handler

_settings = read_settings(RecommendationSettings, os.environ)

handler = make_handler(_settings, **recommendation_clients(_settings))
