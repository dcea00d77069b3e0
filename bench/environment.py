"""The environment in which functions are measured."""

import contextlib
import importlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FUNCTIONS = Path(__file__).resolve().parents[1] / "functions"

_NOWHERE = Path(os.devnull).open("w")  # noqa: SIM115 - open as long as the process


def variables(endpoint: str) -> dict[str, str]:
    """Answer the environment variables of all measured functions, their AWS being at `endpoint`."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "AnimalRecommender",
        "TRACKING_ID": "bench",
        "EVENT_TYPES": '["DetailView"]',
        "DEAD_LETTER_QUEUE_URL": f"{endpoint}/000000000000/dead",
        "HISTORY_TABLE": "history",
        "HISTORY_TTL_DAYS": "30",
        "CAMPAIGN_ARN": "arn:aws:personalize:us-east-1:000000000000:campaign/bench",
        "FALLBACK_BUCKET": "bucket",
        "FALLBACK_KEY": "popular.json",
        "PETS_TABLE": "pets",
        "PUBLISHER": "publish-pets",
        "APPLICATION_EVENT_TYPES": '["Application"]',
        "PETS_BUCKET": "pets",
        "AGE_LIMITS": "[1, 3, 7, 10]",
        "LONG_WAITING_DAYS": "60",
        "LONG_WAITING_SHARE": "0.2",
    }


def handler(name: str) -> Any:
    """Import a function's handler, or a baseline's; the environment must be set before."""
    module = f"bench.{name}" if name.startswith("baseline") else f"{name}.handler"
    function = importlib.import_module(module).handler
    for log in logging.getLogger(os.environ["POWERTOOLS_SERVICE_NAME"]).handlers:
        log.setStream(_NOWHERE)
    return function


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep off the terminal what handlers print: they do the whole work of logging all the same."""
    with contextlib.redirect_stdout(_NOWHERE):
        yield


class Context:
    """What Lambda passes to a handler beside the event."""

    aws_request_id = "bench"
    function_name = "bench"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
    memory_limit_in_mb = "512"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Answer the time left."""
        return 60_000
