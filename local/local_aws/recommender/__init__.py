"""A recommender for implicit feedback: train it on past events, then query it with one user's history."""

from local_aws.recommender.blas import use_one_thread
from local_aws.recommender.evaluation import evaluate
from local_aws.recommender.model import Model
from local_aws.recommender.training import train
from local_aws.recommender.types import Event, Exploration, Interactions, Items, ScoredItem, Settings, TrainingError

__all__ = [
    "Event",
    "Exploration",
    "Interactions",
    "Items",
    "Model",
    "ScoredItem",
    "Settings",
    "TrainingError",
    "evaluate",
    "train",
]

use_one_thread()
