"""The settings of functions whose answers can be part of experiments. Without experiments nothing more is imported."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from animal_recommender.visitor_access import TokenSettings

if TYPE_CHECKING:
    from animal_recommender.experiments.live import LiveExperiments


def parse_campaigns(text: str) -> dict[str, str]:
    """Parse the setting EXPERIMENT_CAMPAIGNS: a JSON object with the ARN of the campaign of each model.

    Raises:
        ValueError: The text is something else.
    """
    campaigns = json.loads(text)
    if not isinstance(campaigns, dict) or not all(isinstance(arn, str) for arn in campaigns.values()):
        raise ValueError("must be a JSON object of models, each with the ARN of its campaign")
    return campaigns


@dataclass(frozen=True, kw_only=True)
class ExperimentSettings(TokenSettings):
    """Environment variables.

    EXPERIMENTS_PARAMETER and SHARES_PARAMETER are SSM parameters, see `definition`; EXPOSURE_STREAM is the delivery
    stream for exposures. None of them is set if the deployment has no experiments. EXPERIMENT_CAMPAIGNS has the
    campaigns of models that arms show.
    """

    experiments_parameter: str = ""
    shares_parameter: str = ""
    exposure_stream: str = ""
    experiment_campaigns: Mapping[str, str] = field(default_factory=dict, metadata={"parse": parse_campaigns})


def find_experiments(settings: ExperimentSettings, function: str) -> "LiveExperiments | None":
    """Return the experiments of a function, None if the deployment has none."""
    if not settings.experiments_parameter:
        return None
    from animal_recommender.experiments.live import make_experiments

    return make_experiments(settings, function)
