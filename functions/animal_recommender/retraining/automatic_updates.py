"""Whether a campaign serves the newest version of its solution, and so whether it learns about new animals.

Personalize adds new items to versions of the recipes User-Personalization and User-Personalization-v2 every two hours,
but only to the newest version of a solution, even if a campaign serves an older one (developer guide, "Automatic
updates" and the pages of both recipes). A version that was trained with the mode UPDATE gets no updates
(CreateSolutionVersion, `trainingMode`).
"""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from animal_recommender.retraining.ledger import solution_of
from animal_recommender.retraining.resource_status import ACTIVE
from animal_recommender.retraining.solution_versions import list_versions

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient

UPDATED_RECIPES = frozenset({"aws-user-personalization", "aws-user-personalization-v2"})

_SECONDS_OF_A_DAY = 86_400


class Standing(TypedDict):
    """How the version that a campaign serves compares with the newest one of its solution."""

    solutionVersionArn: str  # that serves
    newestSolutionVersionArn: str
    daysNotNewest: float  # since the creation of the next version that became ACTIVE; 0 for the newest version
    learnsNewAnimals: bool | None  # None: the recipe has no automatic updates


def find_standing(personalize: "PersonalizeClient", served: str, recipe: str, now: datetime) -> Standing:
    """Return the standing of the version `served` (ARN). `recipe` is the name of its recipe, `now` has its zone.

    The days are counted from the creation of the next version, which no promotion and no rollback changes.
    """
    versions = [one for one in list_versions(personalize, solution_of(served)) if one["status"] == ACTIVE]
    own = next((place for place, one in enumerate(versions) if one["solutionVersionArn"] == served), len(versions))
    newer, mode = versions[:own], next((one.get("trainingMode") for one in versions[own : own + 1]), None)
    age = (now - newer[-1]["creationDateTime"]).total_seconds() / _SECONDS_OF_A_DAY if newer else 0.0
    return {
        "solutionVersionArn": served,
        "newestSolutionVersionArn": newer[0]["solutionVersionArn"] if newer else served,
        "daysNotNewest": round(max(age, 0.0), 5),
        "learnsNewAnimals": not newer and mode != "UPDATE" if recipe in UPDATED_RECIPES else None,
    }


def describe_standing(standing: Standing) -> str:
    """Return what a reader must know of a served version that is not the newest one or gets no updates, or ''."""
    if standing["newestSolutionVersionArn"] != standing["solutionVersionArn"]:
        text = f"The served version has not been the newest of its solution for {_duration(standing['daysNotNewest'])}."
        ended = " Personalize updates only the newest one, so the served version no longer learns about new animals."
        return text + (ended if standing["learnsNewAnimals"] is False else "")
    if standing["learnsNewAnimals"] is False:
        return (
            "The served version was trained with UPDATE, which ends Personalize's automatic updates: it does not learn "
            "about new animals until a version that was trained with FULL serves."
        )
    return ""


def _duration(days: float) -> str:
    if days < 1 / 24:
        return "less than an hour"
    return f"{days * 24:.0f} hours" if days < 2 else f"{days:.1f} days"
