"""Which statistics the metrics of a service have. Others may have no data on AWS, so they have none here."""

# https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html
_PERSONALIZE = frozenset({"Average", "Minimum", "Maximum", "Sum"})
_PERSONALIZE_SUM_ONLY = frozenset({"GetPersonalizedRanking", "GetRecommendations"})


def is_documented(namespace: str, metric: str, statistic: str) -> bool:
    """Whether the documentation of a metric's service names a statistic for it."""
    if namespace != "AWS/Personalize":
        return True
    return statistic == "Sum" if metric in _PERSONALIZE_SUM_ONLY else statistic in _PERSONALIZE
