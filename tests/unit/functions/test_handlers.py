"""Each handler.py: from the environment variables that Terraform sets to a handler with all its clients."""

import json
import runpy
from typing import Any

import pytest

from animal_recommender.settings import SettingsError
from scripts.generate.package import function_names

FALLBACK = {"FALLBACK_BUCKET": "bucket", "FALLBACK_KEY": "popular.json"}
EVENT_TYPES = {"EVENT_TYPES": json.dumps(["DetailView"])}
STREAM = {"DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead", **EVENT_TYPES}
KEY = {"VISITOR_KEY_ID": "arn"}
AGES = {"AGE_LIMITS": "[1, 3, 7, 10]"}
RECOMMENDATIONS = {
    "CAMPAIGN_ARN": "arn",
    "PETS_TABLE": "pets",
    "PETS_BUCKET": "bucket",
    "HISTORY_TABLE": "history",
    "LONG_WAITING_DAYS": "60",
    "LONG_WAITING_SHARE": "0.2",
    **AGES,
    **FALLBACK,
}
REQUIRED: dict[str, dict[str, str]] = {
    "accept_events": {"STREAM_NAME": "events", **EVENT_TYPES},
    "check_batch": {"JOB_PREFIX": "batch-"},
    "check_interactions": {"PUT_EVENTS_SERVICE": "test-put-events", "LEDGER_PREFIX": "/models"},
    "create_visitor": KEY,
    "get_history": {"HISTORY_TABLE": "history", **EVENT_TYPES},
    "identify_visitor": {
        **{"HISTORY_TABLE": "history", "HISTORY_TTL_DAYS": "30", "STREAM_NAME": "events", "USER_CLAIM": "sub"},
        **KEY,
    },
    "import_pets": {"PETS_TABLE": "pets", "PETS_BUCKET": "bucket", "PUBLISHER": "publish"},
    "judge_experiments": {
        "ENVIRONMENT": "test",
        "EXPERIMENTS_PARAMETER": "/experiments",
        "SHARES_PARAMETER": "/experiment-shares",
        "RAW_BUCKET": "raw",
        "WORKGROUP": "test",
        "TOPIC_ARN": "arn",
        "QUERY_IDS": '{"experiment_outcomes": "1", "experiment_answers": "2"}',
        "FUNCTION_NAMES": '{"recommend": "test-recommend"}',
    },
    "put_pets": {"PETS_TABLE": "pets", "PUBLISHER": "publish"},
    "normalize_events": {"PETS_TABLE": "pets", **AGES},
    "plan_retraining": {"MODELS": json.dumps([{"name": "recommender"}]), "WAITING": "{}"},
    "publish_pets": {
        "PETS_TABLE": "pets",
        "PETS_BUCKET": "bucket",
        **AGES,
        "ITEMS_DATASET_ARN": "arn",
        "SEED_BUCKET": "seed",
        "SEED_ITEMS_KEY": "seed/items.csv",
    },
    "put_events": {"TRACKING_ID": "tracking", "PETS_TABLE": "pets", "PUBLISHER": "arn", **AGES, **STREAM},
    "recommend": RECOMMENDATIONS,
    "record_history": {
        "HISTORY_TABLE": "history",
        "HISTORY_TTL_DAYS": "30",
        "PETS_TABLE": "pets",
        "APPLICATION_EVENT_TYPES": "[]",
        **AGES,
        **STREAM,
    },
    "reconcile_campaign": {"LEDGER_PREFIX": "/models"},
    "report_outcome": {
        "ENVIRONMENT": "test",
        "TOPIC_ARN": "arn",
        "LEDGER_PREFIX": "/models",
        "PAUSE_AFTER_REJECTIONS": "3",
    },
    "rerank": {"CAMPAIGN_ARN": "arn", "PETS_TABLE": "pets", **AGES},
    "similar": RECOMMENDATIONS,
    "start_batch": {
        "CAMPAIGN_ARN": "arn",
        "HISTORY_TABLE": "history",
        "BUCKET": "seed",
        "ROLE_ARN": "arn",
        "JOB_PREFIX": "batch-",
        "RESULTS": "25",
    },
    "trending": RECOMMENDATIONS,
    "update_campaign": {"LEDGER_PREFIX": "/models"},
    "verify_campaign": {"FALLBACK_CAMPAIGN_ARN": "arn", **FALLBACK},
}
OPTIONAL = {
    *("CONCURRENCY", "FILTERS", "MAXIMUM_REMOVED_SHARE", "PERSONALIZE_TIMEOUT_SECONDS"),
    *("VISITOR_TOKEN_DAYS", "VISITOR_TOKEN_GENERATION"),
}
MALFORMED = {
    "accept_events": {"EVENT_TYPES": "[]"},
    "create_visitor": {"VISITOR_TOKEN_DAYS": "a month"},
    "get_history": {"EVENT_TYPES": "[]"},
    "identify_visitor": {"HISTORY_TTL_DAYS": "a year", "VISITOR_TOKEN_DAYS": "a month"},
    "import_pets": {"MAXIMUM_REMOVED_SHARE": "30%"},
    "normalize_events": {"AGE_LIMITS": "[]"},
    "plan_retraining": {"MODELS": "[1]", "WAITING": '{"trainingPollSeconds": "soon"}'},
    "publish_pets": {"AGE_LIMITS": "[1, 3]"},
    "put_events": {"CONCURRENCY": "many", "PERSONALIZE_TIMEOUT_SECONDS": "3s"},
    "report_outcome": {"PAUSE_AFTER_REJECTIONS": "three"},
    "judge_experiments": {"QUERY_IDS": "[]", "FUNCTION_NAMES": '{"recommend": 1}'},
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

    assert str(raised.value).count(" must be ") == len(MALFORMED[name])
    assert all(variable in str(raised.value) for variable in MALFORMED[name])
