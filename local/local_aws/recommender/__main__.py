"""`python -m local_aws.recommender evaluate FILE.csv`: train, evaluate as Personalize documents it, print metrics."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_aws.recommender import baselines
from local_aws.recommender.csv_data import InvalidFileError, read_interactions, read_items
from local_aws.recommender.evaluation import (
    SAMPLED_CANDIDATES,
    ModelRecommender,
    Recommender,
    catalogue_of,
    ranking_metrics,
    recommendation_metrics,
    sample_candidates,
)
from local_aws.recommender.evaluation_split import Query, split
from local_aws.recommender.sequences import require_minimum_data
from local_aws.recommender.training import fit
from local_aws.recommender.types import DEFAULT_SETTINGS, Interactions, Items, TrainingError

MetricsTable = Mapping[str, Mapping[str, float]]

HEADLINE_METRICS = ("normalized_discounted_cumulative_gain_at_10", "mean_reciprocal_rank_at_25")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Return 0 if the metrics were printed, 1 if the data do not allow it."""
    options = _parser().parse_args(arguments)
    try:
        interactions = read_interactions(options.file)
        items = read_items(options.items) if options.items else None
        require_minimum_data(interactions)
        compare(interactions, items, with_baselines=not options.only_ours)
    except (InvalidFileError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_aws.recommender", description=__doc__)
    command = parser.add_subparsers(required=True).add_parser(
        "evaluate", help="train on 90%% of the users and evaluate"
    )
    command.add_argument("file", type=Path, metavar="FILE.csv", help="USER_ID, ITEM_ID, TIMESTAMP[, EVENT_TYPE]")
    command.add_argument("--items", type=Path, metavar="ITEMS.csv", help="ITEM_ID and metadata columns")
    command.add_argument("--only-ours", action="store_true", help="do not train the models of `implicit`")
    return parser


def compare(interactions: Interactions, items: Items | None, *, with_baselines: bool = True) -> None:
    """Train and evaluate our model, and the models of `implicit` if it is installed, and print the metrics."""
    training, queries = split(interactions, DEFAULT_SETTINGS.seed)
    catalogue = catalogue_of(interactions, items)
    print(f"{len(interactions)} interactions of {len(set(interactions.user_ids))} users, {len(catalogue)} items")
    print(f"{len(queries)} users are held out of the training; the newest 10% of their events are to be found\n")
    began = time.perf_counter()
    recommenders: dict[str, Recommender] = {"ours": ModelRecommender(fit(training, items, DEFAULT_SETTINGS))}
    print(f"ours trained in {time.perf_counter() - began:.1f} s")
    if with_baselines and baselines.available():
        for family in baselines.families():
            recommenders[family] = baselines.train_baseline(family, training, queries)
            print(f"{family} tuned and trained")
    elif with_baselines:
        print("`implicit` is not installed (pip install implicit), so there is no comparison")
    _report(recommenders, queries, catalogue)


def _report(recommenders: Mapping[str, Recommender], queries: Sequence[Query], catalogue: Sequence[str]) -> None:
    recommended = {name: recommendation_metrics(each, queries, catalogue) for name, each in recommenders.items()}
    _print_table("Recommendations from the whole catalogue", recommended)
    candidates = sample_candidates(queries, catalogue)
    ranked = {name: ranking_metrics(r, queries, candidates, len(catalogue)) for name, r in recommenders.items()}
    _print_table(f"Personalised ranking of the targets among {SAMPLED_CANDIDATES} other items", ranked)


def _print_table(title: str, table: MetricsTable) -> None:
    names = list(table)
    print(f"\n{title}\n{'':45}" + "".join(f"{name:>10}" for name in names))
    for metric in table[names[0]]:
        print(f"{metric:45}" + "".join(f"{table[name][metric]:>10.4f}" for name in names))
    for metric in HEADLINE_METRICS if len(names) > 1 else ():
        best_baseline = max(table[name][metric] for name in names[1:])
        gain = f"{table[names[0]][metric] / best_baseline - 1:+.1%}" if best_baseline else "all"
        print(f"{metric}: {gain} over the best of {', '.join(names[1:])}")


if __name__ == "__main__":
    sys.exit(main())
