"""Lambda entry point of update_campaign."""

from animal_recommender.clients import client
from update_campaign.function import make_handler

handler = make_handler(personalize=client("personalize"))
