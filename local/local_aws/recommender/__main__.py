"""`python -m local_aws.recommender evaluate FILE.csv`: train, evaluate by two protocols, print metrics."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from local_aws.recommender import baselines
from local_aws.recommender.comparison import compare
from local_aws.recommender.csv_data import InvalidFileError, read_interactions, read_items
from local_aws.recommender.evaluation import catalogue_of
from local_aws.recommender.evaluation_split import DOCUMENTED, TIME_CUT
from local_aws.recommender.sequences import require_minimum_data
from local_aws.recommender.types import Interactions, Items, TrainingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Return 0 if the metrics were printed, 1 if the data do not allow it."""
    options = _parser().parse_args(arguments)
    try:
        interactions = read_interactions(options.file)
        items = read_items(options.items) if options.items else None
        require_minimum_data(interactions)
        _evaluate(interactions, items, with_baselines=not options.only_ours)
    except (InvalidFileError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _evaluate(interactions: Interactions, items: Items | None, *, with_baselines: bool) -> None:
    """Print the metrics of the protocol that Personalize documents, and of the time cut, which is the one to trust."""
    users, catalogue = len(set(interactions.user_ids)), len(catalogue_of(interactions, items))
    print(f"{len(interactions)} interactions of {users} users, {catalogue} items")
    if with_baselines and not baselines.available():
        print("`implicit` is not installed (pip install implicit), so there is no comparison")
    families = baselines.families() if with_baselines and baselines.available() else {}
    for protocol in (DOCUMENTED, TIME_CUT):
        compare(interactions, items, protocol, families)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_aws.recommender", description=__doc__)
    command = parser.add_subparsers(required=True).add_parser(
        "evaluate", help="train on a part of the events and evaluate on others, by two protocols"
    )
    command.add_argument("file", type=Path, metavar="FILE.csv", help="USER_ID, ITEM_ID, TIMESTAMP[, EVENT_TYPE]")
    command.add_argument("--items", type=Path, metavar="ITEMS.csv", help="ITEM_ID and metadata columns")
    command.add_argument("--only-ours", action="store_true", help="do not train the models of `implicit`")
    return parser


if __name__ == "__main__":
    sys.exit(main())
