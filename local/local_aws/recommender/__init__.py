"""A recommender for implicit feedback: train it on past events, then query it with one user's history.

What computes is imported when it is first used, because scipy takes 35 MB and a fifth of a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from local_aws.recommender.blas import use_one_thread
from local_aws.recommender.evaluation_split import select_rows
from local_aws.recommender.types import Event, Exploration, Interactions, Items, ScoredItem, Settings, TrainingError

if TYPE_CHECKING:
    from local_aws.recommender.evaluation import Evaluation, evaluate, train_and_evaluate
    from local_aws.recommender.hyperparameter_search import search
    from local_aws.recommender.model import Model
    from local_aws.recommender.training import train

__all__ = [
    "Evaluation",
    "Event",
    "Exploration",
    "Interactions",
    "Items",
    "Model",
    "ScoredItem",
    "Settings",
    "TrainingError",
    "evaluate",
    "search",
    "select_rows",
    "train",
    "train_and_evaluate",
]

_COMPUTING = {
    "Evaluation": "evaluation",
    "evaluate": "evaluation",
    "train_and_evaluate": "evaluation",
    "Model": "model",
    "search": "hyperparameter_search",
    "train": "training",
}

use_one_thread()


def __getattr__(name: str) -> Any:
    if module := _COMPUTING.get(name):
        return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(name)
