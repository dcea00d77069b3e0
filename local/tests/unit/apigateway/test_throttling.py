"""Token buckets."""

from local_aws.apigateway.throttling import TokenBuckets


def test_a_bucket_holds_a_burst_and_fills_at_its_rate() -> None:
    now = [0.0]
    buckets = TokenBuckets(lambda: now[0])

    def take() -> bool:
        return buckets.take("stage", rate=2, burst=3)

    assert [take() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.5
    assert [take(), take()] == [True, False]
    now[0] = 100.0
    assert [take() for _ in range(4)] == [True, True, True, False]
    assert buckets.take("another", rate=2, burst=3)
