"""Measures a training as Personalize documents it: on users that the model has never seen."""

from local.recommender.metrics import DEPTH, summarise
from local.recommender.protocol import split
from local.recommender.sequences import require_enough
from local.recommender.training import fit
from local.recommender.types import DEFAULTS, Interactions, Items, Settings


def evaluate(interactions: Interactions, items: Items | None, settings: Settings = DEFAULTS) -> dict[str, float]:
    """Train on 90% of the users and ask for the newest 10% of the events of the others.

    Returns GetSolutionMetrics' keys, each 0..1. Raises TrainingError where there is too little data.
    """
    require_enough(interactions)
    training, questions = split(interactions, settings.seed)
    model = fit(training, items, settings)
    lists = [[scored.item_id for scored in model.recommend(q.history, DEPTH)] for q in questions]
    catalogue = len({*interactions.item_ids, *(items.item_ids if items else ())})
    return summarise(lists, [q.answers for q in questions], catalogue)
