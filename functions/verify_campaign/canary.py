"""The canary's requests, and the checks of the responses."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from animal_recommender.retraining.run_state import Model

if TYPE_CHECKING:
    from types_boto3_personalize_runtime import PersonalizeRuntimeClient
    from types_boto3_personalize_runtime.type_defs import PredictedItemTypeDef

UNKNOWN_USER = "canary-visitor-without-history"
RESULTS = 500  # the most that a response can have, because the unknown user's response is also the popular list
_FEWEST_RESULTS = 5  # if Personalize can recommend fewer items, the catalogue is wrong


class Probe(TypedDict):
    """One request, and what is wrong with the response (empty: nothing)."""

    asked: str
    problem: str
    items: list[str]  # item ids, best first


def probe_recommendations(personalize: "PersonalizeRuntimeClient", model: Model) -> list[Probe]:
    """Request recommendations for each canary user and, last, for an unknown user."""
    return [_probe_recommendations(personalize, model, user) for user in (*model["canaryUserIds"], UNKNOWN_USER)]


def probe_rankings(personalize: "PersonalizeRuntimeClient", model: Model) -> list[Probe]:
    """Request a ranking of the canary items for each canary user and, last, for an unknown user."""
    return [_probe_ranking(personalize, model, user) for user in (*model["canaryUserIds"], UNKNOWN_USER)]


def probe_similar_items(personalize: "PersonalizeRuntimeClient", model: Model) -> list[Probe]:
    """Request the items that are similar to each of the canary items."""
    return [_probe_similar_items(personalize, model, item) for item in model["canaryItemIds"]]


def _probe_similar_items(personalize: "PersonalizeRuntimeClient", model: Model, item: str) -> Probe:
    response = personalize.get_recommendations(campaignArn=model["campaignArn"], itemId=item, numResults=RESULTS)
    items = response["itemList"]
    none = "" if items else "no item is similar"
    itself = "the item itself was returned" if item in {one["itemId"] for one in items} else ""
    return _probe(f"items similar to {item}", items, none or itself or _item_problem(items))


def _probe_recommendations(personalize: "PersonalizeRuntimeClient", model: Model, user: str) -> Probe:
    response = personalize.get_recommendations(campaignArn=model["campaignArn"], userId=user, numResults=RESULTS)
    items = response["itemList"]
    few = f"only {len(items)} items were recommended" if len(items) < _FEWEST_RESULTS else ""
    return _probe(f"recommendations for {user}", items, few or _item_problem(items))


def _probe_ranking(personalize: "PersonalizeRuntimeClient", model: Model, user: str) -> Probe:
    wanted = model["canaryItemIds"]
    response = personalize.get_personalized_ranking(campaignArn=model["campaignArn"], userId=user, inputList=wanted)
    items = response["personalizedRanking"]
    different = set(wanted) ^ {item["itemId"] for item in items}
    wrong = f"requested and ranked items differ: {', '.join(sorted(different))}" if different else ""
    # AWS gives items that the model does not know a score of 0.
    unscored = "" if any(item.get("score") for item in items) else "no item has a score above 0"
    return _probe(f"a ranking for {user}", items, wrong or unscored or _item_problem(items))


def _item_problem(items: "Sequence[PredictedItemTypeDef]") -> str:
    ids = [item["itemId"] for item in items]
    if len(set(ids)) < len(ids):
        return "an item is in the response twice"
    invalid = [item["score"] for item in items if "score" in item and not _is_share(item["score"])]
    return f"a score is {invalid[0]}, but must be 0 to 1" if invalid else ""


def _is_share(score: float) -> bool:
    return math.isfinite(score) and 0 <= score <= 1


def _probe(asked: str, items: "Sequence[PredictedItemTypeDef]", problem: str) -> Probe:
    return {"asked": asked, "problem": problem, "items": [item["itemId"] for item in items]}


def problems(probes: Sequence[Probe]) -> list[str]:
    """Return what is wrong, each with its request."""
    return [f"{probe['asked']}: {probe['problem']}" for probe in probes if probe["problem"]]
