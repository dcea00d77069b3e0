"""A model and a run, as the functions of the retraining state machine receive them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.testing.personalize_account import PersonalizeAccount

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/test"
CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/test"
RUN = {
    "name": "run-1",
    "executionArn": "arn:aws:states:us-east-1:1:execution:m:run-1",
    "startedAt": NOW.isoformat(),
    "scheduled": False,
}
NDCG = "normalized_discounted_cumulative_gain_at_5"


def model(**changes: Any) -> dict[str, Any]:
    """Return a model as plan_retraining returns it."""
    return {
        "name": "recommender",
        "kind": "recommendations",
        "recipe": "aws-user-personalization",
        "solutionArn": SOLUTION,
        "campaignArn": CAMPAIGN,
        "popularitySolutionArn": "",
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


class Campaign:
    """The test campaign in a local Personalize, and versions of its solution that are called old, new and other."""

    def __init__(self, account: PersonalizeAccount) -> None:
        self._account = account
        solution = account.add_solution("test")
        self.versions = {name: account.add_version(solution) for name in ("old", "new", "other")}

    def add(
        self,
        served: str = "old",
        update: Any = None,
        status: str = "ACTIVE",
        seconds: float = 10,
        config: Any = None,
        **members: Any,
    ) -> None:
        """Add the campaign; `update` is (version, status), began `seconds` ago, and has more `members`."""
        latest = update and {
            "solutionVersionArn": self.versions[update[0]],
            "status": update[1],
            "creationDateTime": NOW - timedelta(seconds=seconds),
            **members,
        }
        self._account.add_campaign(
            *("test", self.versions[served], status),
            minProvisionedTPS=3,
            campaignConfig=config or {},
            creationDateTime=NOW - timedelta(days=9),
            latestCampaignUpdate=latest,
        )

    def ledger(self, verified: str = "old", change: tuple[str, str, str] | None = None) -> dict[str, Any]:
        """Return a ledger; `change` is (kind, version, who began it)."""
        entry = {
            "solutionVersionArn": self.versions[verified],
            "metrics": {},
            "promotedAt": "2026-05-01T12:00:00+00:00",
            "previous": None,
        }
        if change is None:
            return entry
        kind, version, by = change
        begun = {"kind": kind, "solutionVersionArn": self.versions[version], "by": by, "when": NOW.isoformat()}
        return {**entry, "change": begun}
