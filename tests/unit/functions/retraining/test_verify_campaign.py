"""verify_campaign: what a sensible answer is, and the popular list."""

import inspect
import json
import math
from typing import Any

import pytest

import verify_campaign.handler as handler
from tests.unit.functions.retraining.fakes import FakeRuntime, model
from verify_campaign.canary import STRANGER

GOOD = [{"itemId": f"1-Bengal-1-{n}", "score": 0.2} for n in range(1, 6)]
RANKED = [{"itemId": item, "score": 0.3} for item in ("2-Pug-1-4", "1-Bengal-1-1", "2-Beagle-3-2")]


class FakeS3:
    def __init__(self, problem: Exception | None = None) -> None:
        self.stored: list[dict[str, Any]] = []
        self._problem = problem

    def put_object(self, **request: Any) -> None:
        if self._problem:
            raise self._problem
        self.stored.append(request)


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


def verify(monkeypatch: pytest.MonkeyPatch, s3: FakeS3, answers: Any, **changes: Any) -> Any:
    clients = {"personalize-runtime": FakeRuntime(answers), "s3": s3}
    monkeypatch.setattr(handler, "client", clients.__getitem__)
    return inspect.unwrap(handler.handler)({"model": model(**changes)}, None)


def test_given_sensible_recommendations_when_verified_then_it_is_healthy_and_the_strangers_list_is_kept(
    monkeypatch: pytest.MonkeyPatch, s3: FakeS3
) -> None:
    canary = verify(monkeypatch, s3, {None: GOOD})

    assert canary["healthy"]
    assert canary["reason"] == "3 of 3 test questions were answered sensibly"
    assert canary["checks"][-1] == {
        "asked": f"recommendations for {STRANGER}",
        "problem": "",
        "first": ["1-Bengal-1-1", "1-Bengal-1-2", "1-Bengal-1-3"],
    }
    assert json.loads(s3.stored[0]["Body"])["general"] == [item["itemId"] for item in GOOD]


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ([], "only 0 items were recommended"),
        (GOOD[:4], "only 4 items were recommended"),
        ([*GOOD, GOOD[0]], "an item is in the answer twice"),
        ([*GOOD, {"itemId": "x", "score": math.nan}], "a score is nan, not of 0 to 1"),
        ([*GOOD, {"itemId": "x", "score": 7.0}], "a score is 7.0, not of 0 to 1"),
    ],
)
def test_given_nonsense_for_one_user_when_verified_then_the_reason_says_for_whom_and_nothing_is_stored(
    monkeypatch: pytest.MonkeyPatch, s3: FakeS3, items: Any, problem: str
) -> None:
    canary = verify(monkeypatch, s3, {"8": items, None: GOOD})

    assert (canary["healthy"], canary["reason"]) == (False, f"recommendations for 8: {problem}")
    assert s3.stored == []


def test_given_a_sensible_ranking_when_verified_then_no_popular_list_is_stored(
    monkeypatch: pytest.MonkeyPatch, s3: FakeS3
) -> None:
    assert verify(monkeypatch, s3, {None: RANKED}, kind="ranking", campaignArn="arn:reranker")["healthy"]
    assert s3.stored == []


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        (RANKED[:2], "asked and ranked items differ by 2-Beagle-3-2"),
        ([*RANKED, {"itemId": "new", "score": 0.1}], "asked and ranked items differ by new"),
        ([{"itemId": item["itemId"]} for item in RANKED], "no item has a score"),
        ([*RANKED, RANKED[0]], "an item is in the answer twice"),
    ],
)
def test_given_a_ranking_that_is_none_when_verified_then_it_is_not_healthy(
    monkeypatch: pytest.MonkeyPatch, s3: FakeS3, items: Any, problem: str
) -> None:
    canary = verify(monkeypatch, s3, {None: items}, kind="ranking")

    assert not canary["healthy"]
    assert f"a ranking for {STRANGER}: {problem}" in canary["reason"]


def test_given_a_bucket_that_refuses_when_verified_then_a_healthy_model_stays_healthy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = handler.ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")

    assert verify(monkeypatch, FakeS3(refused), {None: GOOD})["healthy"]
