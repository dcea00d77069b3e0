"""The price of each component in US dollars a month, as functions of the settings and the load."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scripts.deploy.cost.prices import GB, HOURS, KB, SECONDS, Prices
from scripts.deploy.cost.settings import Model, Settings

SNAPSHOT_VERSIONS = 2  # the live one and the one before; others are deleted (scripts/provision/function_versions.py)
READERS = 3  # of the stream: put_events, record_history, Firehose
STREAM_FUNCTIONS = ("put_events", "record_history")
ASKED_BY = {"recommender": "recommend", "reranker": "rerank", "similar": "similar", "trending": "trending"}
_SHARD_RECORDS = 1000  # a second
_FIRST_SHARDS = 4  # of an on-demand stream
_DAYS = HOURS / 24  # of a month
_CONSIDERED = {False: 500e6, True: 3e9}  # interactions that a training uses at most: first generation, -v2
_FIREHOSE_ROUNDS_TO = 5 * KB
_TRANSFORMED_BYTES, _TRANSFORMED_SECONDS = 0.2 * KB * KB, 30  # of a batch for normalize_events (modules/ingestion)
_WEEK = 168


@dataclass(frozen=True)
class Load:
    """Events a second, and requests a second to each function that asks a campaign; the same at any time of the day."""

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
    """Return the requests a second to one model; a model that no function asks gets none."""
    return load.requests if model in ASKED_BY and model in settings.models else 0.0


def trainings(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the training of all models on their schedule; without enough new interactions a run trains nothing."""
    models = settings.models.values()
    baselines = max((_runs(model, settings, load) for model in models if model.compared), default=0.0)
    return (
        sum(_training(model, settings, load, prices) for model in models)
        # Popularity-Count only counts, whatever the number of interactions; models of a run share its version.
        + baselines * prices.assume("training_hours_base") * prices.usd("personalize.training_hour")
    )


def _runs(model: Model, settings: Settings, load: Load) -> float:
    """Return how often a month the model is trained."""
    if settings.runs_per_month == 0 or load.events == 0:
        return 0.0
    new = load.events * SECONDS / settings.runs_per_month
    return settings.runs_per_month / max(math.ceil(model.minimum_new_interactions / new), 1)


def _training(model: Model, settings: Settings, load: Load, prices: Prices) -> float:
    months = prices.assume("months_of_interactions")
    interactions = min(load.events * SECONDS * months, _CONSIDERED[model.v2])
    runs = _runs(model, settings, load)
    if model.v2:
        return runs * interactions / 1000 * prices.usd("personalize.training_interactions")
    hours = prices.assume("training_hours_base") + interactions / 1e6 * prices.assume("training_hours_per_million")
    month = runs * hours
    return min(month, month if model.training_hours is None else model.training_hours) * prices.usd(
        "personalize.training_hour"
    )


def batches(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the recommendations that are written for many users, whatever the number of groups for each."""
    return settings.batches_per_month * prices.assume("batch_users") / 1000 * prices.usd("personalize.batch")


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
    """Price the functions: those that read the stream by batch, the others by request. Snapshots are billed always."""
    total = sum(_snapshots(it.memory, prices) for it in settings.functions.values() if it.snap_start)
    warm = sum(it.provisioned * it.memory for it in settings.functions.values()) * SECONDS
    total += warm * prices.usd(f"lambda.provisioned_{settings.architecture}")
    for name, (rate, seconds) in invocations(settings, load, prices).items():
        month = rate * SECONDS
        total += month / 1e6 * prices.usd("lambda.requests")
        total += month * seconds * settings.functions[name].memory * prices.usd(f"lambda.{settings.architecture}")
    return total


def _snapshots(memory: float, prices: Prices) -> float:
    """Price the snapshots of a function with so many GB: they are cached for each version, and restored."""
    cached = SNAPSHOT_VERSIONS * SECONDS * prices.usd("lambda.snapshot_cache")
    return memory * (cached + prices.assume("restores_per_hour") * HOURS * prices.usd("lambda.snapshot_restore"))


def invocations(settings: Settings, load: Load, prices: Prices) -> Mapping[str, tuple[float, float]]:
    """Return for each function its invocations a second, and the seconds of one invocation."""
    overhead, answer = prices.assume("invocation_seconds"), prices.assume("answer_seconds")
    shards = max(_FIRST_SHARDS, math.ceil(2 * load.events / _SHARD_RECORDS))
    waiting = max(settings.batching_window_seconds, 1.0)  # Lambda polls a shard once a second
    batch = min(max(load.events / shards * waiting, 1.0), settings.batch_size)
    calls = batch / prices.assume("events_per_put")
    put = math.ceil(calls / prices.assume("put_events_workers")) * prices.assume("put_events_seconds")
    transformed = min(settings.buffering_seconds, _TRANSFORMED_SECONDS)
    waiting_batches = min(load.events, shards / max(transformed, 1))
    transformations = max(load.events * prices.assume("event_bytes") / _TRANSFORMED_BYTES, waiting_batches)
    normalizing = load.events / (transformations or 1) * prices.assume("normalize_event_seconds")
    found = {
        "put_events": (load.events / batch, overhead + put),
        "record_history": (load.events / batch, overhead + batch * prices.assume("history_write_seconds")),
        "normalize_events": (transformations, overhead + normalizing),
        "get_history": (load.events * prices.assume("history_requests_per_event"), answer),
        **{function: (_asked(model, settings, load), answer) for model, function in ASKED_BY.items()},
        **(_invocations_of_browsers(load, prices) if settings.browsers else {}),
    }
    return {name: it for name, it in found.items() if name in settings.functions}


def _invocations_of_browsers(load: Load, prices: Prices) -> Mapping[str, tuple[float, float]]:
    """Return the invocations a second of the functions that only browsers call, if all events come from browsers."""
    visitors, answer = load.events / prices.assume("events_per_visitor"), prices.assume("answer_seconds")
    return {
        "accept_events": (load.events / prices.assume("events_per_post"), answer),
        "create_visitor": (visitors, answer),
        "identify_visitor": (visitors * prices.assume("logins_per_visitor"), answer),
    }


def browsers(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the HTTP API for browsers, if all requests come from there, and the key of the visitors' tokens."""
    if not settings.browsers:
        return 0.0
    called = invocations(settings, load, prices)
    served = ("accept_events", "create_visitor", "identify_visitor", "get_history", *ASKED_BY.values())
    requests = sum(called[name][0] for name in served if name in called) * SECONDS
    return requests / 1e6 * prices.usd("apigateway.http_requests") + prices.usd("kms.key")


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


def pets(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the catalogue of pets: each feed reads every pet and writes it, changed or not; and storage."""
    imported = prices.assume("pets") * prices.assume("feeds_per_month") / 1e6
    stored = prices.usd("dynamodb.storage")
    stored += prices.usd("dynamodb.point_in_time_recovery") if settings.point_in_time_recovery else 0.0
    return (
        imported * prices.assume("pet_writes") * prices.usd("dynamodb.writes")
        + imported * prices.assume("pet_reads") * prices.usd("dynamodb.reads")
        + prices.assume("pets") * prices.assume("pet_bytes") / GB * stored
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


def exposures(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the exposures of experiments, as if every request were one: Firehose, and S3 as long as raw events."""
    rate = load.requests * settings.functions_with_experiments
    size = prices.assume("exposure_bytes")
    delivered = rate * SECONDS * _rounded(size, _FIREHOSE_ROUNDS_TO) / GB
    day = rate * 86_400 * size * prices.assume("gzip") / GB
    objects = SECONDS / max(settings.buffering_seconds, 60) if rate else 0.0
    return (
        delivered * prices.usd("firehose.in")
        + day * settings.raw_events_days * prices.usd("s3.storage")
        + objects / 1000 * prices.usd("s3.puts")
    )


def verdicts(settings: Settings, load: Load, prices: Prices) -> float:
    """Price the queries of the daily verdicts: Athena reads all events and exposures of each experiment's time."""
    rate = load.requests * settings.functions_with_experiments
    day = 86_400 * (load.events * prices.assume("event_bytes") + rate * prices.assume("exposure_bytes"))
    read = day * prices.assume("gzip") * prices.assume("experiment_days") * settings.experiments
    return 30 * read / 1e12 * prices.usd("athena.scanned")


def monitoring(settings: Settings, load: Load, prices: Prices) -> float:
    """Price logs, traces, metrics, alarms and the dashboard."""
    called = [rate for rate, _ in invocations(settings, load, prices).values()]
    logged = sum(called) * SECONDS * prices.assume("log_bytes_per_invocation") / GB
    kept = logged / _DAYS * settings.log_retention_days * prices.assume("log_compression")
    traced = sum(min(rate, 1 + max(rate - 1, 0) * prices.assume("traced_share")) for rate in called) * SECONDS
    metrics = prices.assume("metrics_per_function") * (len(called) + len(settings.models))
    alarms = len(settings.functions) + len(called) + 5 * len(settings.models) + 12 if settings.alarms else 0
    return (
        logged * prices.usd("cloudwatch.logs")
        + kept * prices.usd("cloudwatch.logs_storage")
        + traced / 1e6 * prices.usd("xray.traces")
        + metrics * prices.usd("cloudwatch.metric")
        + alarms * prices.usd("cloudwatch.alarm")
        + prices.usd("cloudwatch.dashboard")
    )


def site(settings: Settings, load: Load, prices: Prices) -> float:
    """Price what CloudFront serves of the site; its bucket is too small to count."""
    if not settings.site:
        return 0.0
    month = load.events * SECONDS
    sent = month * prices.assume("site_bytes_per_event") / GB
    requests = month * prices.assume("site_requests_per_event")
    return requests / 1e6 * prices.usd("cloudfront.requests") + sent * prices.usd("cloudfront.out")


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
    "Personalize: batches": batches,
    "Personalize: events": ingestion,
    "Kinesis stream": stream,
    "Lambda": functions,
    "History (DynamoDB)": history,
    "Pets (DynamoDB)": pets,
    "Raw events (Firehose, S3)": raw_events,
    "Exposures of experiments": exposures,
    "Verdicts on experiments (Athena)": verdicts,
    "CloudWatch, X-Ray": monitoring,
    "Site (CloudFront)": site,
    "API for browsers": browsers,
    "KMS, Step Functions": rest,
}


def monthly(settings: Settings, load: Load, prices: Prices) -> dict[str, float]:
    """Return US dollars a month by component."""
    return {name: component(settings, load, prices) for name, component in COMPONENTS.items()}


def _rounded(value: float, unit: float) -> float:
    return math.ceil(value / unit) * unit
