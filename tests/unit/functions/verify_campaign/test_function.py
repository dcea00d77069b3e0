"""verify_campaign: what a plausible response is, and the popular list."""

import json
import math
from typing import Any

import pytest

from tests.unit.functions.fakes import FakeContext, FakeRuntime, FakeS3, error
from tests.unit.functions.retraining import CAMPAIGN, NOW, model
from verify_campaign.canary import UNKNOWN_USER
from verify_campaign.function import Settings, make_handler

GOOD = [{"itemId": f"1-Bengal-1-{n}", "score": 0.2} for n in range(1, 6)]
RANKED = [{"itemId": item, "score": 0.3} for item in ("2-Pug-1-4", "1-Bengal-1-1", "2-Beagle-3-2")]


@pytest.fixture
def verify(s3: FakeS3, context: FakeContext) -> Any:
    """Return a function that verifies a campaign with these responses (see FakeRuntime)."""

    def run(responses: Any, **changes: Any) -> Any:
        handler = make_handler(
            Settings("bucket", "popular.json", CAMPAIGN), personalize=FakeRuntime(responses), s3=s3, now=lambda: NOW
        )
        return handler({"model": model(**changes)}, context)

    return run


def test_given_plausible_recommendations_when_verified_then_it_is_healthy_and_the_unknown_users_list_is_stored(
    verify: Any, s3: FakeS3
) -> None:
    canary = verify({None: GOOD})

    assert canary["healthy"]
    assert canary["reason"] == "3 of 3 test requests passed"
    assert canary["checks"][-1] == {
        "asked": f"recommendations for {UNKNOWN_USER}",
        "problem": "",
        "first": ["1-Bengal-1-1", "1-Bengal-1-2", "1-Bengal-1-3"],
    }
    stored = json.loads(s3.body)
    assert (stored["storedAt"], stored["campaignArn"]) == (NOW.isoformat(), CAMPAIGN)
    assert stored["general"] == [item["itemId"] for item in GOOD]


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ([], "only 0 items were recommended"),
        (GOOD[:4], "only 4 items were recommended"),
        ([*GOOD, GOOD[0]], "an item is in the response twice"),
        ([*GOOD, {"itemId": "x", "score": math.nan}], "a score is nan, but must be 0 to 1"),
        ([*GOOD, {"itemId": "x", "score": 7.0}], "a score is 7.0, but must be 0 to 1"),
    ],
)
def test_given_an_implausible_response_for_one_user_when_verified_then_the_reason_names_the_user_and_nothing_is_stored(
    verify: Any, s3: FakeS3, items: Any, problem: str
) -> None:
    canary = verify({"8": items, None: GOOD})

    assert (canary["healthy"], canary["reason"]) == (False, f"recommendations for 8: {problem}")
    assert s3.writes == 0


def test_given_a_plausible_ranking_when_verified_then_no_popular_list_is_stored(verify: Any, s3: FakeS3) -> None:
    assert verify({None: RANKED}, kind="ranking", campaignArn="arn:reranker")["healthy"]
    assert s3.writes == 0


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        (RANKED[:2], "requested and ranked items differ: 2-Beagle-3-2"),
        ([*RANKED, {"itemId": "new", "score": 0.1}], "requested and ranked items differ: new"),
        ([{"itemId": item["itemId"]} for item in RANKED], "no item has a score above 0"),
        ([{"itemId": item["itemId"], "score": 0.0} for item in RANKED], "no item has a score above 0"),
        ([*RANKED, RANKED[0]], "an item is in the response twice"),
    ],
)
def test_given_an_implausible_ranking_when_verified_then_it_is_not_healthy(
    verify: Any, s3: FakeS3, items: Any, problem: str
) -> None:
    canary = verify({None: items}, kind="ranking")

    assert not canary["healthy"]
    assert f"a ranking for {UNKNOWN_USER}: {problem}" in canary["reason"]


def test_given_plausible_similar_items_when_verified_then_each_canary_item_was_asked_about(
    verify: Any, s3: FakeS3
) -> None:
    canary = verify({None: [{"itemId": "1-Bengal-2-2"}]}, kind="similar", campaignArn="arn:similar")

    assert canary["healthy"]
    assert [check["asked"] for check in canary["checks"]] == [
        *("items similar to 1-Bengal-1-1", "items similar to 2-Beagle-3-2", "items similar to 2-Pug-1-4")
    ]
    assert s3.writes == 0


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ([], "no item is similar"),
        ([{"itemId": "2-Pug-1-4"}], "the item itself was returned"),
        ([{"itemId": "a"}, {"itemId": "a"}], "an item is in the response twice"),
    ],
)
def test_given_implausible_similar_items_when_verified_then_it_is_not_healthy(
    verify: Any, items: Any, problem: str
) -> None:
    canary = verify({"2-Pug-1-4": items, None: [{"itemId": "b"}]}, kind="similar")

    assert (canary["healthy"], canary["reason"]) == (False, f"items similar to 2-Pug-1-4: {problem}")


def test_given_trending_items_without_scores_when_verified_then_it_is_healthy(verify: Any) -> None:
    items = [{"itemId": one["itemId"]} for one in GOOD]

    assert verify({None: items}, kind="trending", campaignArn="arn:trending", canaryUserIds=[])["healthy"]


def test_given_a_bucket_that_refuses_when_verified_then_a_healthy_model_stays_healthy(verify: Any, s3: FakeS3) -> None:
    s3.faults = [error("AccessDenied", 403)]

    assert verify({None: GOOD})["healthy"]
