"""A recommender for implicit feedback: trains on what users did, answers for what a user did until now."""

from local.recommender.blas import use_one_thread
from local.recommender.evaluation import evaluate
from local.recommender.model import Model
from local.recommender.training import train
from local.recommender.types import Event, Exploration, Interactions, Items, Scored, Settings, TrainingError

__all__ = [
    "Event",
    "Exploration",
    "Interactions",
    "Items",
    "Model",
    "Scored",
    "Settings",
    "TrainingError",
    "evaluate",
    "train",
]

use_one_thread()
