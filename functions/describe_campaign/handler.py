"""Lambda entry point of describe_campaign."""

from animal_recommender.clients import client
from describe_campaign.function import make_handler

handler = make_handler(personalize=client("personalize"))
