"""Lambda entry point of judge_experiments."""

import os

from animal_recommender.clients import client
from animal_recommender.settings import read_settings
from judge_experiments.function import Settings, make_handler
from judge_experiments.services import Services

handler = make_handler(
    read_settings(Settings, os.environ),
    Services(
        athena=client("athena"), cloudwatch=client("cloudwatch"), s3=client("s3"), sns=client("sns"), ssm=client("ssm")
    ),
)
