"""Lambda entry point of recommend."""

import os

from animal_recommender.experiments.settings import find_experiments
from animal_recommender.recommendations import RecommendationSettings, recommendation_clients
from animal_recommender.settings import read_settings
from recommend.function import make_handler

_settings = read_settings(RecommendationSettings, os.environ)

_experiments = find_experiments(_settings, "recommend")  # first, since they are read while the rest is made

handler = make_handler(_settings, **recommendation_clients(_settings), experiments=_experiments)
