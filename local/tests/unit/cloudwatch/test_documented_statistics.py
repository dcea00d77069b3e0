"""Statistics that a service does not document have no data."""

import pytest

from local_aws.cloudwatch.documented_statistics import is_documented


@pytest.mark.parametrize(
    ("metric", "statistic", "expected"),
    [
        ("GetRecommendationsLatency", "Average", True),
        ("GetRecommendationsLatency", "p99", False),
        ("GetRecommendations", "Sum", True),
        ("GetRecommendations", "Average", False),
        ("PutEvents5xxErrors", "Sum", True),
    ],
)
def test_given_a_metric_of_personalize_then_only_its_documented_statistics_have_data(
    metric: str, statistic: str, expected: bool
) -> None:
    assert is_documented("AWS/Personalize", metric, statistic) is expected


def test_given_a_metric_of_ours_then_every_statistic_has_data() -> None:
    assert is_documented("AnimalRecommender", "CampaignLatency", "p99")
