"""The settings that the estimate uses."""

import re

import pytest

from scripts.common.environments import ROOT
from scripts.common.tfvars import Configuration
from scripts.deploy.cost import settings
from scripts.deploy.cost.settings import Function, Model, Settings


def test_modules_defaults_are_those_of_the_modules():
    declared = "".join(path.read_text() for path in (ROOT / "modules").glob("*/variables.tf"))
    for name, value in settings.MODULE_DEFAULTS.items():
        text = f'"{value}"' if isinstance(value, str) else str(value)
        assert re.search(rf"\b{name} +=? *optional\(\w+, {re.escape(text)}\)", declared), name
    assert settings.BATCH_SCHEDULE in (ROOT / "modules" / "batch" / "variables.tf").read_text()


def test_nulls_become_the_modules_defaults():
    variables = {
        "models": {"recommender": {"recipe": "aws-user-personalization-v2", "minimum_provisioned_tps": 2}},
        "stream_mapping": {"batch_size": None, "batching_window_seconds": 3},
        "stream": {"retention_hours": 24},
        "firehose": {"buffering_seconds": None},
        "retention_days": {"raw_events": None},
        "retraining": {"enabled": False, "minimum_new_interactions": 50},
        "history_ttl_days": 30,
        "log_retention_days": 7,
        "point_in_time_recovery": True,
        "lambda_architecture": "x86_64",
        "alarms": {"enabled": None},
    }
    functions = {"recommend": {"memory_size": 1024, "provisioned_concurrency": 2}, "rerank": {"snap_start": True}}
    made = Settings.read(Configuration(variables, {"functions": functions}))
    assert made.models == {"recommender": Model(True, 2, 50, None)}
    assert made.functions == {"recommend": Function(1.0, 2), "rerank": Function(0.25, 0, snap_start=True)}
    assert (made.batch_size, made.batching_window_seconds, made.buffering_seconds) == (100, 3, 300)
    assert (made.runs_per_month, made.alarms, made.raw_events_days) == (0, True, 730)


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ("rate(1 day)", 30),
        ("rate(12 hours)", 60),
        ("rate(30 minutes)", 1440),
        ("cron(0 3 * * ? *)", 30),
        ("cron(0 3,15 * * ? *)", 60),
        ("cron(0 */6 * * ? *)", 120),
        ("cron(0 3 ? * MON *)", 30 / 7),
        ("cron(0 3 ? * MON-FRI *)", 150 / 7),
        ("cron(0 3 1,15 * ? *)", 2),
        ("at(2030-01-01T00:00:00)", 30),
    ],
)
def test_schedules_are_read(schedule, runs):
    assert settings.count_runs(schedule) == pytest.approx(runs)
