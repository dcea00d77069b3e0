"""Lambda entry point of evaluate_solution_version."""

from animal_recommender.clients import client
from evaluate_solution_version.function import make_handler

handler = make_handler(personalize=client("personalize"))
