"""Each handler.py: from the environment variables that Terraform sets to a handler with all its clients."""

import json
import runpy
from typing import Any

import pytest

from animal_recommender.settings import SettingsError
from scripts.generate.package import function_names

FALLBACK = {"FALLBACK_BUCKET": "bucket", "FALLBACK_KEY": "popular.json"}
STREAM = {"DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead"}
REQUIRED: dict[str, dict[str, str]] = {
    "check_interactions": {"PUT_EVENTS_SERVICE": "test-put-events"},
    "get_history": {"HISTORY_TABLE": "history"},
    "plan_retraining": {"MODELS": json.dumps([{"name": "recommender"}]), "WAITING": "{}"},
    "put_events": {"TRACKING_ID": "tracking", **STREAM},
    "recommend": {"CAMPAIGN_ARN": "arn", **FALLBACK},
    "record_history": {"HISTORY_TABLE": "history", "HISTORY_TTL_DAYS": "30", **STREAM},
    "report_outcome": {"ENVIRONMENT": "test", "TOPIC_ARN": "arn", "LEDGER_PREFIX": "/models"},
    "rerank": {"CAMPAIGN_ARN": "arn"},
    "verify_campaign": {"FALLBACK_CAMPAIGN_ARN": "arn", **FALLBACK},
}
OPTIONAL = {"CONCURRENCY", "FILTERS", "PERSONALIZE_TIMEOUT_SECONDS"}
MALFORMED = {
    "plan_retraining": {"MODELS": "[1]", "WAITING": '{"trainingPollSeconds": "soon"}'},
    "put_events": {"CONCURRENCY": "many", "PERSONALIZE_TIMEOUT_SECONDS": "3s"},
    "recommend": {"FILTERS": '{"species": {}}', "PERSONALIZE_TIMEOUT_SECONDS": "2s"},
    "record_history": {"HISTORY_TTL_DAYS": "30.5", "CONCURRENCY": "many"},
}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {name for required in REQUIRED.values() for name in required} | OPTIONAL:
        monkeypatch.delenv(name, raising=False)


def load(name: str) -> Any:
    """Run a function's handler.py as Lambda does at init."""
    return runpy.run_module(f"{name}.handler")["handler"]


@pytest.mark.parametrize("name", function_names())
def test_given_the_variables_of_terraform_when_loaded_then_there_is_a_handler(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in REQUIRED.get(name, {}).items():
        monkeypatch.setenv(variable, value)

    assert callable(load(name))


@pytest.mark.parametrize("name", REQUIRED)
def test_given_no_variables_when_loaded_then_the_error_names_all_of_them(name: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(name)

    missing = str(raised.value).removeprefix("Wrong environment variables: ").split("; ")
    assert sorted(missing) == sorted(f"{variable} is missing" for variable in REQUIRED[name])


@pytest.mark.parametrize("name", MALFORMED)
def test_given_malformed_variables_when_loaded_then_the_error_names_all_of_them(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in (REQUIRED[name] | MALFORMED[name]).items():
        monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError) as raised:
        load(name)

    assert str(raised.value).count(" must be ") == 2
    assert all(variable in str(raised.value) for variable in MALFORMED[name])
