"""Lambda entry point of plan_retraining."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from plan_retraining.function import Settings, make_handler

handler = make_handler(read_settings(Settings, os.environ), step_functions=client("stepfunctions"))
