"""Lambda entry point of stop_solution_version."""

from animal_recommender.clients import client
from stop_solution_version.function import make_handler

handler = make_handler(personalize=client("personalize"))
