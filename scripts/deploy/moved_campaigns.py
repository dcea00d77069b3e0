"""Campaigns that a plan moves to another solution, and what visitors get meanwhile.

Another recipe or other hyperparameters mean another solution (modules/personalize). No document of AWS says whether
UpdateCampaign accepts a version of another solution. If it refuses, scripts/provision/campaign.py deletes the campaign
and creates it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MEANWHILE = {
    "ranking": "`rerank` answers with the order of the request (`source` is `input`)",
    "similar": "`similar` answers with pets of the same group and popular ones of the species",
    "trending": "`trending` answers with the popular list (`source` is `popular`)",
    "": "`recommend` answers with the popular list (`source` is `popular`)",
}


@dataclass(frozen=True)
class MovedCampaign:
    """A model whose campaign will serve another solution. `recreated`: the campaign is deleted for certain."""

    model: str
    recipe_before: str
    recipe_after: str
    recreated: bool

    def describe(self) -> str:
        """Return what happens to the campaign, and what visitors get, as one paragraph of Markdown."""
        described = f"{self.recipe_after} {self.model}"
        meanwhile = next(text for part, text in _MEANWHILE.items() if part in described)
        if self.recreated:
            return (
                f"**The campaign of `{self.model}` is deleted and created again**, with the data that its model was "
                f"trained on. Until the import, the training and the creation are done, one to two hours, {meanwhile}."
            )
        what = "other hyperparameters"
        if self.recipe_before != self.recipe_after:
            what = f"recipe {self.recipe_after} instead of {self.recipe_before}"
        return (
            f"**The campaign of `{self.model}` moves to another solution** ({what}). The new solution is trained while "
            "the old one serves, then the campaign is updated. AWS does not document whether it accepts that. If it "
            "refuses, the campaign is deleted and created again: for 10 to 20 minutes, or more, until the new one is "
            f"ACTIVE, {meanwhile}. Apply at a quiet time. `make rollback` cannot return to the old solution."
        )


def find_moved_campaigns(plan: Mapping[str, Any]) -> list[MovedCampaign]:
    """Return the campaigns that will serve another solution, from the output of ``terraform show -json``."""
    changes = [one for one in plan.get("resource_changes", []) if one.get("type") == "terraform_data"]
    replaced = [one for one in changes if {"create", "delete"} <= set(one["change"]["actions"])]
    return list(_moved(replaced))


def _moved(replaced: list[Any]) -> Iterator[MovedCampaign]:
    torn_down = {one.get("index") for one in replaced if one.get("name") == "teardown"}
    for resource in replaced:
        before, after = resource["change"]["before"], resource["change"]["after"]
        if resource.get("name") != "solution" or "recipe" not in (after.get("input") or {}):
            continue
        recreated = resource["index"] in torn_down
        if recreated or _name(before) != _name(after):
            recipe_before = (before.get("input") or {}).get("recipe", "unknown")
            yield MovedCampaign(resource["index"], recipe_before, after["input"]["recipe"], recreated)


def _name(values: Mapping[str, Any]) -> Any:
    """Return the name of the solution, the first of the values that replace the resource."""
    triggers = values.get("triggers_replace")
    return triggers[0] if isinstance(triggers, list) and triggers else triggers
