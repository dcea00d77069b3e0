"""Personalize's own automatic training: it would train and bill beside this state machine, and pass the gate by."""

from typing import Any, Literal

from animal_recommender.retraining.resource_status import CREATING

AutomaticTraining = Literal["off", "switched off"]


def switch_off(personalize: Any, solution_arn: str) -> AutomaticTraining:
    """Switch automatic training off where it is on; answer how it was found."""
    solution = personalize.describe_solution(solutionArn=solution_arn)["solution"]
    if not solution.get("performAutoTraining"):
        return "off"
    if not _being_switched_off(solution):
        personalize.update_solution(solutionArn=solution_arn, performAutoTraining=False)
    return "switched off"


def _being_switched_off(solution: dict[str, Any]) -> bool:
    update = solution.get("latestSolutionUpdate", {})
    return update.get("status") in CREATING and update.get("performAutoTraining") is False
