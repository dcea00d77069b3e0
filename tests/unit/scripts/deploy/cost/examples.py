"""Settings, loads and prices that tests change."""

from scripts.deploy.cost.components import Load
from scripts.deploy.cost.prices import Prices
from scripts.deploy.cost.settings import Function, Model, Settings

PRICES = Prices.load()
FIRST = Model(v2=False, minimum_tps=1, minimum_new_interactions=1000, training_hours=None)
SETTINGS = Settings(
    models={"recommender": FIRST, "reranker": FIRST},
    functions={
        name: Function(0.5, 0)
        for name in ("put_events", "record_history", "normalize_events", "get_history", "recommend", "rerank")
    },
    runs_per_month=30,
    stream_retention_hours=48,
    batch_size=100,
    batching_window_seconds=1,
    buffering_seconds=60,
    history_ttl_days=365,
    raw_events_days=90,
    log_retention_days=14,
    point_in_time_recovery=False,
    architecture="arm64",
    alarms=True,
)
IDLE = Load(0, 0)
BUSY = Load(1000, 100)
