"""Lambda entry point of create_visitor."""

import os

from animal_recommender.settings import read_settings
from animal_recommender.visitor_access import make_visitor_tokens
from create_visitor.function import Settings, make_handler

handler = make_handler(make_visitor_tokens(read_settings(Settings, os.environ)))
