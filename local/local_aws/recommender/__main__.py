"""`python -m local_aws.recommender evaluate FILE.csv`: train, measure as Personalize documents it, print the metrics."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_aws.recommender import comparators
from local_aws.recommender.csv_data import InvalidFileError, read_interactions, read_items
from local_aws.recommender.evaluation import (
    OTHER_CANDIDATES,
    Ours,
    Recommender,
    candidates_of,
    catalogue_of,
    ranking_metrics,
    recommendation_metrics,
)
from local_aws.recommender.evaluation_split import Question, split
from local_aws.recommender.sequences import require_enough
from local_aws.recommender.training import fit
from local_aws.recommender.types import DEFAULTS, Interactions, Items, TrainingError

Table = Mapping[str, Mapping[str, float]]

HEADLINES = ("normalized_discounted_cumulative_gain_at_10", "mean_reciprocal_rank_at_25")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 if the metrics were printed, 1 if the data do not allow it."""
    wish = _parser().parse_args(arguments)
    try:
        interactions = read_interactions(wish.file)
        items = read_items(wish.items) if wish.items else None
        require_enough(interactions)
        compare(interactions, items, others=not wish.only_ours)
    except (InvalidFileError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_aws.recommender", description=__doc__)
    command = parser.add_subparsers(required=True).add_parser("evaluate", help="train on 90% of the users and measure")
    command.add_argument("file", type=Path, metavar="FILE.csv", help="USER_ID, ITEM_ID, TIMESTAMP[, EVENT_TYPE]")
    command.add_argument("--items", type=Path, metavar="ITEMS.csv", help="ITEM_ID and metadata columns")
    command.add_argument("--only-ours", action="store_true", help="do not train the models of `implicit`")
    return parser


def compare(interactions: Interactions, items: Items | None, *, others: bool = True) -> None:
    """Train and measure ours and, where `implicit` is installed and `others`, its models; print the tables."""
    training, questions = split(interactions, DEFAULTS.seed)
    catalogue = catalogue_of(interactions, items)
    print(f"{len(interactions)} interactions of {len(set(interactions.user_ids))} users, {len(catalogue)} items")
    print(f"trained without {len(questions)} users, who are asked for the newest 10% of their events\n")
    began = time.perf_counter()
    recommenders: dict[str, Recommender] = {"ours": Ours(fit(training, items, DEFAULTS))}
    print(f"ours trained in {time.perf_counter() - began:.1f} s")
    if others and comparators.available():
        for family in comparators.families():
            recommenders[family] = comparators.trained(family, training, questions)
            print(f"{family} tuned and trained")
    elif others:
        print("`implicit` is not installed (pip install implicit), so there is nothing to compare with")
    _report(recommenders, questions, catalogue)


def _report(recommenders: Mapping[str, Recommender], questions: Sequence[Question], catalogue: Sequence[str]) -> None:
    best = {name: recommendation_metrics(each, questions, catalogue) for name, each in recommenders.items()}
    _print("Recommendations out of the whole catalogue", best)
    candidates = candidates_of(questions, catalogue)
    ranks = {name: ranking_metrics(r, questions, candidates, len(catalogue)) for name, r in recommenders.items()}
    _print(f"Personalised ranking of the answers among {OTHER_CANDIDATES} other items", ranks)


def _print(title: str, table: Table) -> None:
    names = list(table)
    print(f"\n{title}\n{'':45}" + "".join(f"{name:>10}" for name in names))
    for metric in table[names[0]]:
        print(f"{metric:45}" + "".join(f"{table[name][metric]:>10.4f}" for name in names))
    for metric in HEADLINES if len(names) > 1 else ():
        rival = max(table[name][metric] for name in names[1:])
        gain = f"{table[names[0]][metric] / rival - 1:+.1%}" if rival else "all"
        print(f"{metric}: {gain} over the best of {', '.join(names[1:])}")


if __name__ == "__main__":
    sys.exit(main())
