"""A recommender for implicit feedback: trains on what users did, answers for what a user did until now."""

from local_aws.recommender.blas import use_one_thread
from local_aws.recommender.evaluation import evaluate
from local_aws.recommender.model import Model
from local_aws.recommender.training import train
from local_aws.recommender.types import Event, Exploration, Interactions, Items, Scored, Settings, TrainingError

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
