"""The price of each component in US dollars a month, as functions of the settings and the load."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scripts.deploy.cost.prices import GB, HOURS, KB, SECONDS, Prices
from scripts.deploy.cost.settings import Model, Settings

READERS = 3  # of the stream: put_events, record_history, Firehose
STREAM_FUNCTIONS = ("put_events", "record_history")
_SHARD_RECORDS = 1000  # a second
_FIRST_SHARDS = 4  # of an on-demand stream
_DAYS = HOURS / 24  # of a month
_CONSIDERED = {False: 500e6, True: 3e9}  # interactions that a training uses at most: first generation, -v2
_FIREHOSE_ROUNDS_TO = 5 * KB
_WEEK = 168


@dataclass(frozen=True)
class Load:
    """Events a second, and requests a second to each of recommend and rerank; the same at any time of the day."""

    events: float
    requests: float


Component = Callable[[Settings, Load, Prices], float]


def campaigns(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the requests, or the provisioned minimum where that is more."""
    billed = {False: 0.0, True: 0.0}
    for name, model in settings.models.items():
        billed[model.v2] += max(model.minimum_tps, _asked(name, settings, load)) * SECONDS / 1000
    # The tiers are given in requests, the price for a thousand.
    first = prices.tiered("personalize.requests", billed[False] * 1000) / 1000
    return first + billed[True] * prices.usd("personalize.requests_v2")


def _asked(model: str, settings: Settings, load: Load) -> float:
    """Return the requests a second to one model; models beyond the two get none from the functions."""
    return load.requests if model in ("recommender", "reranker") and model in settings.models else 0.0


def trainings(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the training of all models on their schedule; without enough new interactions a run trains nothing."""
    return sum(_training(model, settings, load, prices) for model in settings.models.values())


def _training(model: Model, settings: Settings, load: Load, prices: Prices) -> float:
    months = prices.assume("months_of_interactions")
    interactions = min(load.events * SECONDS * months, _CONSIDERED[model.v2])
    if settings.runs_per_month == 0 or load.events == 0:
        return 0.0
    new = load.events * SECONDS / settings.runs_per_month
    runs = settings.runs_per_month / max(math.ceil(model.minimum_new_interactions / new), 1)
    if model.v2:
        return runs * interactions / 1000 * prices.usd("personalize.training_interactions")
    hours = prices.assume("training_hours_base") + interactions / 1e6 * prices.assume("training_hours_per_million")
    month = runs * hours
    return min(month, month if model.training_hours is None else model.training_hours) * prices.usd(
        "personalize.training_hour"
    )


def ingestion(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the events sent to Personalize."""
    return load.events * SECONDS * prices.assume("interaction_bytes") / GB * prices.usd("personalize.ingestion")


def stream(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the Kinesis stream: hours, data in, data out to its readers, and retention."""
    month = load.events * SECONDS * _rounded(prices.assume("event_bytes"), KB) / GB
    hour = month / HOURS
    extended = hour * max(min(settings.stream_retention_hours, _WEEK) - 24, 0)
    long = hour * max(settings.stream_retention_hours - _WEEK, 0)
    return (
        HOURS * prices.usd("kinesis.stream_hour")
        + month * (prices.usd("kinesis.in") + READERS * prices.usd("kinesis.out"))
        + extended * prices.usd("kinesis.extended_retention")
        + long * prices.usd("kinesis.long_retention")
    )


def functions(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the functions: those that read the stream by batch, the others by request."""
    total = sum(it.provisioned * it.memory for it in settings.functions.values()) * SECONDS
    total *= prices.usd(f"lambda.provisioned_{settings.architecture}")
    for name, (rate, seconds) in invocations(settings, load, prices).items():
        month = rate * SECONDS
        total += month / 1e6 * prices.usd("lambda.requests")
        total += month * seconds * settings.functions[name].memory * prices.usd(f"lambda.{settings.architecture}")
    return total


def invocations(settings: Settings, load: Load, prices: Prices) -> Mapping[str, tuple[float, float]]:
    """Return for each function its invocations a second, and the seconds of one invocation."""
    overhead, answer = prices.assume("invocation_seconds"), prices.assume("answer_seconds")
    shards = max(_FIRST_SHARDS, math.ceil(2 * load.events / _SHARD_RECORDS))
    waiting = max(settings.batching_window_seconds, 1.0)  # Lambda polls a shard once a second
    batch = min(max(load.events / shards * waiting, 1.0), settings.batch_size)
    calls = batch / prices.assume("events_per_put")
    put = math.ceil(calls / prices.assume("put_events_workers")) * prices.assume("put_events_seconds")
    found = {
        "put_events": (load.events / batch, overhead + put),
        "record_history": (load.events / batch, overhead + batch * prices.assume("history_write_seconds")),
        "get_history": (load.events * prices.assume("history_requests_per_event"), answer),
        "recommend": (_asked("recommender", settings, load), answer),
        "rerank": (_asked("reranker", settings, load), answer),
    }
    return {name: it for name, it in found.items() if name in settings.functions}


def history(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the DynamoDB table once it has its final size: writes, reads, and storage."""
    month = load.events * SECONDS / 1e6
    kept = load.events * 86_400 * settings.history_ttl_days * prices.assume("history_item_bytes") / GB
    stored = prices.usd("dynamodb.storage")
    stored += prices.usd("dynamodb.point_in_time_recovery") if settings.point_in_time_recovery else 0.0
    return (
        month * prices.assume("history_writes_per_event") * prices.usd("dynamodb.writes")
        + month * prices.assume("history_reads_per_event") * prices.usd("dynamodb.reads")
        + kept * stored
    )


def raw_events(settings: Settings, load: Load, prices: Prices) -> float:
    """Price Firehose, and the raw events in S3 once as many expire as arrive."""
    month = load.events * SECONDS
    delivered = month * _rounded(prices.assume("event_bytes"), _FIREHOSE_ROUNDS_TO) / GB
    day = load.events * 86_400 * prices.assume("event_bytes") * prices.assume("gzip") / GB
    objects = SECONDS / max(settings.buffering_seconds, 60) if load.events else 0.0
    return (
        delivered * prices.usd("firehose.in")
        + day * settings.raw_events_days * prices.usd("s3.storage")
        + objects / 1000 * prices.usd("s3.puts")
    )


def monitoring(settings: Settings, load: Load, prices: Prices) -> float:
    """Price logs, traces, metrics, alarms and the dashboard."""
    called = [rate for rate, _ in invocations(settings, load, prices).values()]
    logged = sum(called) * SECONDS * prices.assume("log_bytes_per_invocation") / GB
    kept = logged / _DAYS * settings.log_retention_days * prices.assume("log_compression")
    traced = sum(min(rate, 1 + max(rate - 1, 0) * prices.assume("traced_share")) for rate in called) * SECONDS
    metrics = prices.assume("metrics_per_function") * (len(called) + len(settings.models))
    alarms = len(settings.functions) + len(called) + 4 * len(settings.models) + 7 if settings.alarms else 0
    return (
        logged * prices.usd("cloudwatch.logs")
        + kept * prices.usd("cloudwatch.logs_storage")
        + traced / 1e6 * prices.usd("xray.traces")
        + metrics * prices.usd("cloudwatch.metric")
        + alarms * prices.usd("cloudwatch.alarm")
        + prices.usd("cloudwatch.dashboard")
    )


def rest(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the key and the state machine."""
    transitions = settings.runs_per_month * len(settings.models) * prices.assume("transitions_per_training")
    return (
        prices.usd("kms.key")
        + SECONDS * prices.assume("kms_requests_per_second") / 10_000 * prices.usd("kms.requests")
        + transitions / 1000 * prices.usd("states.transitions")
    )


COMPONENTS: Mapping[str, Component] = {
    "Personalize: campaigns": campaigns,
    "Personalize: training": trainings,
    "Personalize: events": ingestion,
    "Kinesis stream": stream,
    "Lambda": functions,
    "History (DynamoDB)": history,
    "Raw events (Firehose, S3)": raw_events,
    "CloudWatch, X-Ray": monitoring,
    "KMS, Step Functions": rest,
}


def monthly(settings: Settings, load: Load, prices: Prices) -> dict[str, float]:
    """Return US dollars a month by component."""
    return {name: component(settings, load, prices) for name, component in COMPONENTS.items()}


def _rounded(value: float, unit: float) -> float:
    return math.ceil(value / unit) * unit
