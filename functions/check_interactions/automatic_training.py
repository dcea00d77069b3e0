"""Personalize's automatic training must be off: its versions cost money, and do not pass the gate."""

from typing import TYPE_CHECKING, Literal

from animal_recommender.retraining.resource_status import CREATING

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import SolutionTypeDef

AutomaticTraining = Literal["off", "switched off"]


def switch_off_automatic_training(personalize: "PersonalizeClient", solution_arn: str) -> AutomaticTraining:
    """Switch automatic training off if it is on. Return whether it was `off` or has been `switched off`."""
    solution = personalize.describe_solution(solutionArn=solution_arn)["solution"]
    if not solution.get("performAutoTraining"):
        return "off"
    if not _is_being_switched_off(solution):
        personalize.update_solution(solutionArn=solution_arn, performAutoTraining=False)
    return "switched off"


def _is_being_switched_off(solution: "SolutionTypeDef") -> bool:
    update = solution.get("latestSolutionUpdate", {})
    return update.get("status") in CREATING and update.get("performAutoTraining") is False
