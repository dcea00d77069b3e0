"""Compare our model with baselines by a protocol, and print the metrics."""

import time
from collections.abc import Mapping, Sequence
from itertools import chain

from local_aws.recommender import baselines
from local_aws.recommender.baselines import Family
from local_aws.recommender.evaluation import (
    SAMPLED_CANDIDATES,
    ModelRecommender,
    Recommender,
    catalogue_of,
    ranking_metrics,
    recommendation_metrics,
    sample_candidates,
)
from local_aws.recommender.evaluation_split import Protocol, Query
from local_aws.recommender.training import fit
from local_aws.recommender.types import DEFAULT_SETTINGS, Interactions, Items

MetricsTable = Mapping[str, Mapping[str, float]]

HEADLINE_METRICS = ("normalized_discounted_cumulative_gain_at_10", "mean_reciprocal_rank_at_25")


def compare(
    interactions: Interactions,
    items: Items | None,
    protocol: Protocol,
    families: Mapping[str, Family],
    others: Mapping[str, Sequence[Query]] | None = None,
) -> None:
    """Train our model and the best of each family on the same events, and print their metrics.

    Args:
        interactions: All events.
        items: The catalogue.
        protocol: How to split the interactions.
        families: The baselines.
        others: More queries that the same models answer, by what they are.
    """
    training, queries = protocol.split(interactions, DEFAULT_SETTINGS.seed)
    catalogue = catalogue_of(interactions, items)
    print(f"\n== {protocol.name}: {protocol.question}")
    print(f"{len(training)} events to train on, {len(queries)} queries")
    began = time.process_time()
    model = fit(training, items, DEFAULT_SETTINGS)
    recommenders: dict[str, Recommender] = {"ours": ModelRecommender.of(model, catalogue)}
    print(f"ours trained in {time.process_time() - began:.1f} CPU-seconds", flush=True)
    answered = [*queries, *chain(*(others or {}).values())]
    for name, family in families.items():
        try:
            recommenders[name] = baselines.tune(family, protocol, training, answered)
        except MemoryError as error:
            print(f"{name} is left out: {error}")
    _report(recommenders, queries, catalogue)
    for title, asked in (others or {}).items():
        _print_table(
            f"{title} ({len(asked)} queries)",
            {name: recommendation_metrics(each, asked, catalogue) for name, each in recommenders.items()},
        )


def _report(recommenders: Mapping[str, Recommender], queries: Sequence[Query], catalogue: Sequence[str]) -> None:
    recommended = {name: recommendation_metrics(each, queries, catalogue) for name, each in recommenders.items()}
    _print_table("Recommendations from the whole catalogue", recommended)
    candidates = sample_candidates(queries, catalogue)
    ranked = {name: ranking_metrics(r, queries, candidates, len(catalogue)) for name, r in recommenders.items()}
    _print_table(f"Personalised ranking of the targets among {SAMPLED_CANDIDATES} other items", ranked)


def _print_table(title: str, table: MetricsTable) -> None:
    names = list(table)
    print(f"\n{title}\n{'':45}" + "".join(f"{name:>12}" for name in names))
    for metric in table[names[0]]:
        print(f"{metric:45}" + "".join(f"{table[name][metric]:>12.4f}" for name in names))
    for metric in HEADLINE_METRICS if len(names) > 1 else ():
        best = max(names[1:], key=lambda name: table[name][metric])
        score = table[best][metric]
        gain = f"{table[names[0]][metric] / score - 1:+.1%}" if score else "all"
        print(f"{metric}: {gain} over {best}, the best of the others", flush=True)
