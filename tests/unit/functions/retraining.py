"""A model and a run, as the functions of the retraining state machine receive them."""

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/test"
CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/test"
RUN = {"name": "run-1", "executionArn": "arn:aws:states:us-east-1:1:execution:m:run-1", "startedAt": NOW.isoformat()}
NDCG = "normalized_discounted_cumulative_gain_at_5"


def model(**changes: Any) -> dict[str, Any]:
    """Return a model as plan_retraining returns it."""
    return {
        "name": "recommender",
        "kind": "recommendations",
        "solutionArn": SOLUTION,
        "campaignArn": CAMPAIGN,
        "trainingMode": "FULL",
        "metric": NDCG,
        "threshold": 0.01,
        "minimumCoverage": 0.05,
        "regressionTolerance": 0.2,
        "minimumNewInteractions": 100,
        "monthlyTrainingHours": None,
        "canaryUserIds": ["7", "8"],
        "canaryItemIds": ["1-Bengal-1-1", "2-Beagle-3-2", "2-Pug-1-4"],
        **changes,
    }
